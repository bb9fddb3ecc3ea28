"""A page's form as a browser sees it: what stands in its fields, and what pressing a button sends."""

from __future__ import annotations

from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict


class Form(HTMLParser):
    """The form of a page that is sent to this address."""

    def __init__(self, page: str, action: str) -> None:
        super().__init__()
        self.action = action
        self.fields: list[tuple[str, str]] = []
        self.buttons: list[str] = []
        self._inside = False
        self._select = ""
        self._options: list[tuple[str, bool]] = []
        self.feed(page)

    def with_(self, **typed: str) -> Form:
        """With this typed into its fields. A field that the page does not show cannot be typed into."""
        for name, text in typed.items():
            field = name.replace("metering_", "metering-")
            assert field in dict(self.fields), f"{field} is not on this page"
            self.fields = [(each, text if each == field else old) for each, old in self.fields]
        return self

    def pressed(self, action: str) -> MultiDict[str, str]:
        assert action in self.buttons, f"{action} is not one of {self.buttons}"
        return MultiDict([*self.fields, ("action", action)])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("action") == self.action
        if not self._inside:
            return
        name = given.get("name", "")
        if tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.fields.append((name, given.get("value", "")))
        elif tag == "button":
            self.buttons.append(given.get("value", ""))
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option":
            self._options.append((given.get("value", ""), "selected" in given))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._inside and self._options:
            chosen = next((value for value, selected in self._options if selected), self._options[0][0])
            self.fields.append((self._select, chosen))
        if tag == "form" and self.fields:
            self._inside = False
