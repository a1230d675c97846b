"""Runs on CPython, with jupyter_client and nbclient, against a kernel of `tritter jupyter`."""

import os
import subprocess
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180  # on a busy machine


@pytest.fixture(scope="session")
def kernel_specs(tmp_path_factory):
    """The folder of kernel specs into which ours was installed."""
    prefix = tmp_path_factory.mktemp("prefix")
    install = [ROOT / "tritter", "jupyter", "install", "--prefix", prefix]
    folder = subprocess.run(install, check=True, capture_output=True, text=True).stdout.strip()
    return os.path.dirname(folder)


@pytest.fixture(scope="session")
def manager(kernel_specs):
    specs = KernelSpecManager(kernel_dirs=[kernel_specs])
    manager = KernelManager(kernel_name="tritter", kernel_spec_manager=specs)
    manager.start_kernel()
    yield manager
    if manager.is_alive():  # the last test of the kernel ends it
        manager.shutdown_kernel(now=True)


@pytest.fixture(scope="session")
def client(manager):
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=START_SECONDS)
    yield client
    client.stop_channels()
