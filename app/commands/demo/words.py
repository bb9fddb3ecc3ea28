"""What the owner of the demo has named and written, in German and in English: each demo has one of the two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Language = Literal["de", "en"]

ENGLISH = {
    "Reihenhaus": "Terraced house",
    "Berghütte": "Mountain hut",
    "Werkstatt": "Workshop",
    "Pfarrhaus": "Vicarage",
    "Forsthaus": "Forester's lodge",
    "Siedlung am Bach": "Brookside estate",
    "Arztpraxis": "Doctor's surgery",
    "Neubau Süd": "New building south",
    "Altbau Ost": "Old building east",
    "Ferienhaus": "Holiday home",
    "Kindergarten": "Kindergarten",
    "Alle Wärmepumpen": "All heat pumps",
    "Verdichter startet zu oft": "Compressor starts too often",
    "Pufferspeicher, offene Heizkreise und Einschaltverzögerung prüfen lassen.": (
        "Have the buffer tank, the open heating circuits and the start delay checked."
    ),
    "Räume kühlen aus": "Rooms are cooling down",
    "Warmwasser am Wochenende wärmer": "Hotter water at the weekend",
    "Heizung gewartet, Anlagendruck nachgefüllt": "Heating serviced, water pressure topped up",
    "Thermostatventile im Obergeschoss geöffnet": "Thermostat valves upstairs opened",
    "Monteur hat die Einschaltverzögerung verstellt": "The installer changed the start delay",
    "Netzwerkschrank umgebaut": "Network cabinet rebuilt",
    "Strom im Ferienhaus abgestellt?": "Has the power been cut off in the holiday home?",
    "Ventil getauscht und Störung am Gerät quittiert.": "Valve replaced, and fault acknowledged at the unit.",
    "War angekündigt.": "It had been announced.",
}
"""By the German."""


def said(german: str, language: Language) -> str:
    """As the owner of this demo would write it."""
    return german if language == "de" else ENGLISH[german]


def of_the_computer(environment: Mapping[str, str]) -> Language:
    """The language of the terminal that starts the demo."""
    spoken = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    return "de" if spoken.lower().startswith("de") else "en"
