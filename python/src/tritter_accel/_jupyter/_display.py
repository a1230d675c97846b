"""Values in the forms that a frontend can show: text, HTML, Markdown, SVG, PNG and others."""

from __future__ import annotations

import base64
import itertools
import json
import sys
import traceback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_METHODS = {
    "_repr_html_": "text/html",
    "_repr_markdown_": "text/markdown",
    "_repr_latex_": "text/latex",
    "_repr_svg_": "image/svg+xml",
    "_repr_png_": "image/png",
    "_repr_jpeg_": "image/jpeg",
    "_repr_json_": "application/json",
    "_repr_javascript_": "application/javascript",
}


def bundle(value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The forms of a value by MIME type, and their metadata.

    Methods are looked up on the class, as Python does with its own special methods. One that
    raises is reported on standard error, and its form left out.

    >>> class Bold:
    ...     def _repr_html_(self):
    ...         return "<b>!</b>"
    ...     def __repr__(self):
    ...         return "bold"
    >>> bundle(Bold())
    ({'text/plain': 'bold', 'text/html': '<b>!</b>'}, {})
    """
    data: dict[str, Any] = {"text/plain": repr(value)}
    metadata: dict[str, Any] = {}

    def add(forms: dict[str, Any], about: dict[str, Any]) -> None:
        data.update({kind: _sendable(form) for kind, form in forms.items() if form is not None})
        metadata.update(about)

    for method, kind in _METHODS.items():
        form, about = _split(_call(value, method))
        add({kind: form}, {kind: about} if about else {})
    forms, about = _split(_call(value, "_repr_mimebundle_", include=None, exclude=None))
    add(forms or {}, about)
    return data, metadata


def _call(value: Any, method: str, **arguments: object) -> Any:
    function = getattr(type(value), method, None)
    if function is None or isinstance(value, type):
        return None
    try:
        return function(value, **arguments)
    except Exception:
        traceback.print_exc(file=sys.stderr)
        return None


def _split(form: Any) -> tuple[Any, dict[str, Any]]:
    """A form may come with metadata, as a pair."""
    if isinstance(form, tuple) and len(form) == 2:
        return form[0], form[1] or {}
    return form, {}


def _sendable(form: Any) -> Any:
    """Bytes as base64; what JSON cannot hold as text."""
    if isinstance(form, (bytes, bytearray, memoryview)):
        return base64.b64encode(form).decode("ascii")
    try:
        json.dumps(form, allow_nan=False)
    except (TypeError, ValueError):
        return str(form)
    return form


class Display:
    """The function ``display`` of a kernel."""

    def __init__(self, publish: Callable[[str, dict[str, Any]], None]) -> None:
        """Takes the function that sends a message to the frontends: type, content."""
        self._publish = publish
        self._ids = itertools.count(1)

    def __call__(
        self,
        *values: Any,
        raw: bool = False,
        clear: bool = False,
        display_id: bool | str | None = None,
    ) -> Handle | None:
        """Shows values.

        Args:
            values: what to show.
            raw: a value is a dict of forms by MIME type already.
            clear: replace what the cell has shown so far.
            display_id: a name, or True for a new one, under which it can be replaced later.

        Returns:
            A handle whose ``update(value)`` replaces what was shown; None without display_id.
        """
        if clear:
            self._publish("clear_output", {"wait": True})
        if display_id is True:
            display_id = f"tritter-{next(self._ids)}"
        for value in values:
            self._show("display_data", value, raw, display_id or None)
        return Handle(self, display_id) if display_id else None

    def _show(self, message: str, value: Any, raw: bool, display_id: str | None) -> None:
        data, metadata = (value, {}) if raw else bundle(value)
        transient = {"display_id": display_id} if display_id else {}
        self._publish(message, {"data": data, "metadata": metadata, "transient": transient})


class Handle:
    """A shown value that can be replaced."""

    def __init__(self, display: Display, display_id: str) -> None:
        """For `Display`."""
        self._display = display
        self.display_id = display_id

    def update(self, value: Any, *, raw: bool = False) -> None:
        """Shows another value in the same places."""
        self._display._show("update_display_data", value, raw, self.display_id)
