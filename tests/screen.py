"""What a terminal shows after it was written to: enough of one for lines that are drawn anew."""

import re

_PIECE = re.compile(r"\x1b\[([?\d;]*)([A-Za-z])|([\r\n])|([^\x1b\r\n]+)")


def screen(text: str, width: int) -> list[str]:
    """The lines of a terminal that is so many columns wide, blank ones at the end left out."""
    lines, row, column = [""], 0, 0
    for count, command, move, words in _PIECE.findall(text):
        if command == "A":
            row -= int(count or 1)
        elif command == "K":
            lines[row] = lines[row][:column] if count in ("", "0") else ""
        elif move == "\r":
            column = 0
        elif move == "\n":
            row, column = row + 1, 0
        for letter in words:
            if column == width:
                row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
            line = lines[row].ljust(column)
            lines[row], column = line[:column] + letter + line[column + 1 :], column + 1
        lines += [""] * (row + 1 - len(lines))
    return "\n".join(line.rstrip() for line in lines).rstrip().split("\n")
