import json
from pathlib import Path

import pytest

collect_ignore = ["golden"]  # holds the script that made the cases, which needs other packages
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="session")
def peer():
    """What the published Rust package returned for the same calls."""
    return json.loads((GOLDEN / "peer_api.json").read_text(encoding="utf-8"))
