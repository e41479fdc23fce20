"""The look of a report: plain HTML with its style inside, for wide screens and phones."""

import html
from collections.abc import Sequence

_STYLE = """
:root { --back: #f6f7f9; --card: #fff; --text: #1c232d; --faint: #667180; --rule: #e1e5ea;
  --c0: #1b7f5c; --c1: #3b6fb6; --c2: #c2762b; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --back: #12161c; --card: #1b212a; --text: #e6e9ee;
  --faint: #94a0b0; --rule: #2d3642; --c0: #52c79a; --c1: #7fb0ee; --c2: #eba862; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 26px; margin: 0; } h2 { font-size: 18px; margin: 0 0 12px; }
.sub { color: var(--faint); margin: 2px 0 20px; overflow-wrap: anywhere; }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 12px;
  padding: 18px; margin: 0 0 16px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px;
  margin: 0 0 16px; }
.tile { background: var(--card); border: 1px solid var(--rule); border-radius: 12px;
  padding: 14px 16px; }
.tile b { display: block; font-size: 26px; line-height: 1.2; } .tile small { color: var(--faint); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr));
  gap: 16px; }
figure { margin: 0; } figcaption, .note { color: var(--faint); font-size: 13px; }
.note { margin: 10px 0 0; }
svg, video, img { max-width: 100%; height: auto; display: block; }
video, img { border-radius: 8px; } svg { width: 100%; max-width: 480px; }
@media (min-width: 700px) { .figures:has(> :nth-child(4):last-child) {
  grid-template-columns: repeat(2, 1fr); } }
svg text { font-size: 11px; fill: var(--faint); } .mid { text-anchor: middle; }
.end { text-anchor: end; } .grid { stroke: var(--rule); } .axis { stroke: var(--faint); }
.line { fill: none; stroke-width: 2; } .band { opacity: .18; } .median { stroke: var(--c2);
  stroke-width: 1.5; stroke-dasharray: 4 3; } .bar { fill: var(--c1); opacity: .8; }
.line.c0 { stroke: var(--c0); } .band.c0, .dot.c0 { fill: var(--c0); }
.line.c1 { stroke: var(--c1); } .band.c1, .dot.c1 { fill: var(--c1); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th { text-align: left; color: var(--faint); font-weight: 500; font-size: 13px; }
td, th { padding: 5px 14px 5px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 280px), 1fr));
  gap: 24px; align-items: start; }
details { margin-top: 12px; } summary { cursor: pointer; color: var(--c1); }
pre { overflow-x: auto; font-size: 12px; }
"""


def page(title: str, subtitle: str, body: str) -> str:
    """A whole document; nothing in it is loaded from elsewhere."""
    title, subtitle = html.escape(title), html.escape(subtitle)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{title}</h1>\n<p class="sub">{subtitle}</p>\n{body}</main>\n</body>\n</html>\n'
    )


def section(title: str, body: str, note: str = "") -> str:
    """A card with a heading; figures in it share the width."""
    inside = f'<div class="figures">{body}</div>' if body.startswith("<figure") else body
    foot = f'<p class="note">{html.escape(note)}</p>' if note else ""
    return f"<section><h2>{html.escape(title)}</h2>{inside}{foot}</section>\n"


def figure(content: str, caption: str = "") -> str:
    """A picture with its caption."""
    below = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    return f"<figure>{content}{below}</figure>"


def tiles(cells: Sequence[tuple[str, str, str]]) -> str:
    """Headline figures: value, name, and what qualifies it."""
    inside = "".join(
        f'<div class="tile"><b>{html.escape(value)}</b>{html.escape(name)}'
        f"<br><small>{html.escape(more)}</small></div>"
        for value, name, more in cells
    )
    return f'<div class="tiles">{inside}</div>\n'


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows of text under a heading each; they are escaped here."""
    top = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    lines = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<div class="wide"><table><tr>{top}</tr>{body}</table></div>'
