"""One page per package, made anew at every build from whatever modules there are."""

from pathlib import Path

from sphinx.application import Sphinx

PACKAGES = ("robo_ddpg", "tasks")
"""Import packages at the root of the repository."""
FOLDER = "modules"
"""Where the pages go, beside the written ones; ignored by git."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True}


def write_pages(app: Sphinx) -> None:
    """Write the pages; those that did not change keep their time, so that Sphinx skips them."""
    folder = Path(app.srcdir) / FOLDER
    folder.mkdir(exist_ok=True)
    root = Path(app.srcdir).parent
    pages = {
        ".".join(path.parent.relative_to(root).parts): page(path.parent, root)
        for package in PACKAGES
        for path in (root / package).rglob("__init__.py")
    }
    for old in folder.glob("*.rst"):
        if old.stem not in pages:
            old.unlink()
    for name, text in pages.items():
        file = folder / f"{name}.rst"
        if not file.exists() or file.read_text() != text:
            file.write_text(text)


def page(package: Path, root: Path) -> str:
    """The text of a package's page: its own docstring, its packages, its modules."""
    name = ".".join(package.relative_to(root).parts)
    modules = sorted(path.stem for path in package.glob("*.py") if path.stem[0] != "_")
    packages = sorted(path.parent.name for path in package.glob("*/__init__.py"))
    parts = [heading(name, "="), f".. automodule:: {name}\n"]
    if packages:
        entries = "".join(f"   {name}.{inner}\n" for inner in packages)
        parts.append(f".. toctree::\n   :maxdepth: 1\n\n{entries}")
    for module in modules:
        parts.append(heading(f"{name}.{module}", "-"))
        parts.append(f".. automodule:: {name}.{module}\n   :members:\n   :show-inheritance:\n")
    return "\n".join(parts)


def heading(text: str, line: str) -> str:
    """A heading in reStructuredText."""
    return f"{text}\n{line * len(text)}\n"
