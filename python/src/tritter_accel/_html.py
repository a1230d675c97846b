"""What notebooks show: a small table, and a sparkline as SVG; both follow the page's colours."""

from __future__ import annotations

import html
import math

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

_WIDTH, _HEIGHT = 160, 28


def table(title: str, rows: Mapping[str, Any], *more: str) -> str:
    """A table of names and values, and below it what is HTML already."""
    lines = "".join(
        f'<tr><td style="text-align:left">{html.escape(name)}</td>'
        f'<td style="text-align:left">{html.escape(str(value))}</td></tr>'
        for name, value in rows.items()
    )
    head = f'<tr><th colspan="2" style="text-align:left">{html.escape(title)}</th></tr>'
    return f"<div><table><thead>{head}</thead><tbody>{lines}</tbody></table>{''.join(more)}</div>"


def grid(title: str, rows: Iterable[Sequence[str]]) -> str:
    """A table of cells."""
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<div><table><tbody>{lines}</tbody></table><small>{html.escape(title)}</small></div>"


def sparkline(values: Sequence[float], name: str) -> str:
    """A line through numbers, without axes; numbers that are not finite are left out."""
    shown = [(i, v) for i, v in enumerate(values) if math.isfinite(v)]
    if len(shown) < 2:
        return ""
    low, high = min(v for _, v in shown), max(v for _, v in shown)
    across = (_WIDTH - 4) / (len(values) - 1)
    up = (_HEIGHT - 4) / (high - low or 1.0)
    points = " ".join(f"{2 + i * across:.1f},{_HEIGHT - 2 - (v - low) * up:.1f}" for i, v in shown)
    label = f"{name}: {shown[0][1]:.4g} to {shown[-1][1]:.4g}"
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img"><title>{html.escape(label)}</title>'
        f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="1.5"/></svg>'
        f" <small>{html.escape(label)}</small>"
    )
