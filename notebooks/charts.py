"""Charts for the notebooks: matplotlib where it is installed, and plain SVG on GraalPy."""

import html
import io

try:
    from matplotlib.figure import Figure
except ImportError:
    Figure = None

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 300, 56, 30, 40
COLOURS = ["#3b6ea8", "#c8553d", "#588157", "#8d6a9f"]


class Picture:
    """What a notebook shows: one of PNG and SVG."""

    def __init__(self, *, png=None, svg=None):
        """The bytes of a PNG, or the text of an SVG."""
        self._png, self._svg = png, svg

    def _repr_png_(self):
        return self._png

    def _repr_svg_(self):
        return self._svg

    def __repr__(self):
        """For frontends without pictures."""
        return "<a chart>"


def lines(title, series, bands=(), x="step", y="", start=0):
    """Curves over start, start + 1, ... by name, before bands ``(from, to, colour, label)``."""
    end = start + max(map(len, series.values())) - 1
    top, low = max(map(max, series.values())), min(0, *map(min, series.values()))
    if Figure is None:
        return _svg(title, x, y, (start, end), (low, top), _curves(series, start), bands)
    figure, axes = _figure(title, x, y)
    named = set()
    for left, right, colour, label in bands:
        axes.axvspan(left, right, color=colour, lw=0, label=None if label in named else label)
        named.add(label)
    for colour, (name, values) in zip(COLOURS, series.items(), strict=False):
        axes.plot(range(start, start + len(values)), values, color=colour, lw=1.2, label=name)
    axes.legend(frameon=False, ncols=6, fontsize=8)
    return _png(figure)


def bars(title, edges, series, x="", y="count"):
    """Histograms by name, as counts between edges."""
    span, top = (edges[0], edges[-1]), max(map(max, series.values()))
    if Figure is None:
        return _svg(title, x, y, span, (0, top), _boxes(edges, series), ())
    figure, axes = _figure(title, x, y)
    for colour, (name, counts) in zip(COLOURS, series.items(), strict=False):
        axes.stairs(counts, edges, fill=True, alpha=0.6, color=colour, label=name)
    axes.legend(frameon=False)
    return _png(figure)


def histogram(values, low, high, bins=40):
    """The edges, and how many values are between each two."""
    counts = [0] * bins
    for value in values:
        place = int((value - low) / (high - low) * bins)
        counts[min(max(place, 0), bins - 1)] += 1
    return [low + (high - low) * i / bins for i in range(bins + 1)], counts


def _figure(title, x, y):
    figure = Figure(figsize=(7, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.set(title=title, xlabel=x, ylabel=y)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _png(figure):
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=80)
    return Picture(png=out.getvalue())


def _curves(series, start):
    for colour, (name, values) in zip(COLOURS, series.items(), strict=False):
        points = list(enumerate(values, start))
        yield (
            name,
            colour,
            lambda at, p=points: (
                "<polyline fill='none' stroke-width='1.4' points='"
                + " ".join("{:.1f},{:.1f}".format(*at(*point)) for point in p)
                + "'/>"
            ),
        )


def _boxes(edges, series):
    for colour, (name, counts) in zip(COLOURS, series.items(), strict=False):
        outline = [(edges[0], 0)]
        for left, right, count in zip(edges, edges[1:], counts, strict=False):
            outline += [(left, count), (right, count)]
        outline.append((edges[-1], 0))
        yield (
            name,
            colour,
            lambda at, o=outline, c=colour: (
                f"<polygon fill='{c}' fill-opacity='0.5' points='"
                + " ".join("{:.1f},{:.1f}".format(*at(*point)) for point in o)
                + "'/>"
            ),
        )


def _svg(title, x, y, across, up, shapes, bands):
    def at(horizontal, vertical):
        right = (horizontal - across[0]) / ((across[1] - across[0]) or 1)
        high = (vertical - up[0]) / ((up[1] - up[0]) or 1)
        return LEFT + right * (WIDTH - LEFT - 10), HEIGHT - BOTTOM - high * (HEIGHT - TOP - BOTTOM)

    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{HEIGHT}' "
        "font-family='sans-serif' font-size='11'><rect width='100%' height='100%' fill='white'/>"
    ]

    def text(horizontal, vertical, words, **style):
        given = "".join(f" {name.replace('_', '-')}='{value}'" for name, value in style.items())
        words = html.escape(words)
        parts.append(f"<text x='{horizontal:.0f}' y='{vertical:.0f}'{given}>{words}</text>")

    for start, end, colour, _ in bands:
        (left, top), (right, bottom) = at(start, up[1]), at(end, up[0])
        size = f"width='{right - left:.1f}' height='{bottom - top:.1f}'"
        parts.append(f"<rect x='{left:.1f}' y='{top:.1f}' {size} fill='{colour}'/>")
    (left, bottom), (right, top) = at(across[0], up[0]), at(across[1], up[1])
    parts.append(
        f"<path d='M{left} {top}V{bottom}H{right}' fill='none' stroke='black' stroke-width='0.8'/>"
    )
    for i in range(5):
        mark, level = across[0] + (across[1] - across[0]) * i / 4, up[0] + (up[1] - up[0]) * i / 4
        text(at(mark, 0)[0], bottom + 14, f"{mark:.3g}", text_anchor="middle")
        text(LEFT - 5, at(0, level)[1] + 4, f"{level:.3g}", text_anchor="end")
    text((left + right) / 2, HEIGHT - 8, x, text_anchor="middle")
    text(6, TOP - 12, y)
    text((left + right) / 2, 16, title, text_anchor="middle", font_size=13)
    legend = {label: colour for _, _, colour, label in bands}
    for name, colour, draw in shapes:
        parts.append(f"<g stroke='{colour}'>{draw(at)}</g>")
        legend[name] = colour
    for i, (name, colour) in enumerate(legend.items()):
        place = LEFT + 14 + 100 * i
        parts.append(f"<rect x='{place}' y='{TOP - 2}' width='9' height='9' fill='{colour}'/>")
        text(place + 13, TOP + 6, name)
    return Picture(svg="".join([*parts, "</svg>"]))
