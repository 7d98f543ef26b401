"""What downloaded files are called, and names of uploaded ones made harmless (`LONGEST`)."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from django.utils.text import slugify
from django.utils.translation import gettext as _

from core.spelling import in_nfc

# Letters that ASCII does not have, as people write them without a keyboard that has them.
WRITTEN_OUT = (
    "ä=ae ö=oe ü=ue ß=ss Ä=Ae Ö=Oe Ü=Ue ẞ=SS æ=ae œ=oe ø=oe å=aa Æ=Ae Œ=Oe Ø=Oe Å=Aa "
    "ł=l đ=d ð=d þ=th ı=i Ł=L Đ=D Ð=D Þ=Th –=- —=- ‑=- ’=' „=' “=' ”='"
)
IN_ASCII = str.maketrans(dict(pair.split("=") for pair in WRITTEN_OUT.split()))
# The same for letters alone, where signs between words are looked at apart.
LETTERS = {sign: written for sign, written in IN_ASCII.items() if chr(sign).isalpha()}
# Endings that say what a file is. Anything else behind a point belongs to the name: „Rechnung 12.03.2026“, „Satzung e.V“.
KNOWN_ENDINGS = (
    "pdf png jpg jpeg jpe jfif docx xlsx pptx odt ods odp txt text md csv "
    "doc docm dot dotx dotm xls xlsm xlt xltx xlsb ppt pptm pps ppsx pot potx rtf pages numbers key "
    "heic heif avif webp tif tiff gif bmp svg htm html xhtml mht mhtml xml zip rar 7z gz eml msg "
    "exe scr bat cmd js vbs ps1 sh msi lnk jar apk"
)
ENDINGS = frozenset(KNOWN_ENDINGS.split())
LONGEST = 120
LONGEST_BYTES = 200  # of 255 that file systems take
# Systems keep these letters for themselves: in a header they end the name, on Windows they cannot be in one.
RESERVED = re.compile(r'[\\/:*?"<>|%]')


def stem_and_ending(name: str) -> tuple[str, str]:
    """A file's name without its ending, and the ending in small letters; empty where it has none."""
    stem, point, ending = name.rpartition(".")
    return (stem, ending.lower()) if point and ending.lower() in ENDINGS else (name, "")


def tidy_name(name: str, ending: str) -> str:
    """The name people gave their file, without a path and letters nobody sees, with the ending that fits its content."""
    stem = name.rpartition("/")[2].rpartition("\\")[2]
    stem = "".join(letter for letter in in_nfc(stem) if letter.isprintable())
    while True:
        stem = stem.strip()
        stem, ending_given = stem_and_ending(stem)
        if not ending_given:
            break
    stem = stem.lstrip(".")[:LONGEST].encode()[:LONGEST_BYTES].decode(errors="ignore").rstrip(". ")
    return f"{stem or _('Datei')}.{ending}"


def in_ascii(text: str) -> str:
    """The text in letters every system knows: umlauts written out, accents left out, other scripts gone."""
    plain = unicodedata.normalize("NFKD", in_nfc(text).translate(IN_ASCII))
    return plain.encode("ascii", "ignore").decode()


def letters_written_out(text: str) -> str:
    """The text with umlauts and the like written out, and all else as it is, other scripts, too."""
    return in_nfc(text).translate(LETTERS)


def slug_of(text: str) -> str:
    """The text as part of an address or of a file's name: „Tischgespräche“ becomes `tischgespraeche`."""
    return slugify(in_ascii(text))


def disposition(name: str) -> str:
    """The header that makes a browser keep a file under this name (RFC 6266): for every browser, and with all its letters."""
    stem, point, ending = name.rpartition(".") if "." in name else (name, "", "")
    plain = RESERVED.sub("-", in_ascii(stem)).strip(" .-") or "Datei"
    plain += point + RESERVED.sub("-", in_ascii(ending))
    header = f'attachment; filename="{plain}"'
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"
