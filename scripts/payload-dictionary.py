#!/usr/bin/env python3
"""Makes a dictionary for payloads (engine/src/store/payload) from the texts that
clients say again and again, and from databases that tell how often each byte and each
repetition comes: zstd then need not write that into every payload.

    scripts/payload-dictionary.py TEXTS OUT DATABASE...

Needs the program library libzstd and the package zstandard. A dictionary that has been
released never changes: a new one gets a number of its own, and a format of its own.
"""

import ctypes
import ctypes.util
import random
import sqlite3
import sys
from pathlib import Path

import zstandard

# Of each database, so that none of them decides alone.
SAMPLES = 400
# As engine/src/store/payload/mod.rs has it.
LEVEL = 1
NUMBER = 2
FOLDER = Path(__file__).parent.parent / "engine/src/store/payload"


class Parameters(ctypes.Structure):
    """ZDICT_params_t of zdict.h."""

    _fields_ = [("level", ctypes.c_int), ("notification", ctypes.c_uint), ("id", ctypes.c_uint)]


def decoders():
    """What decompresses each format."""
    files = {1: "dictionary-1.txt", 2: "dictionary-2.bin"}
    read = {number: FOLDER / name for number, name in files.items()}
    return {
        number: zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(file.read_bytes()))
        for number, file in read.items()
        if file.exists()
    }


def body(payload, known):
    """Input, output and attributes behind each other."""
    place, total = 1, 0
    for _ in range(3):
        value = shift = 0
        while True:
            byte = payload[place]
            place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        total += max(0, value - 1)
    rest = payload[place:]
    return known[payload[0]].decompress(rest, max_output_size=total) if payload[0] else rest


def samples(database, known):
    """Bodies of events, any of them."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    query = "SELECT payload FROM events WHERE length(payload) > 64 ORDER BY event_hash LIMIT ?"
    return [body(payload, known) for (payload,) in connection.execute(query, (SAMPLES,))]


def finalize(texts, bodies):
    """The texts with what the bodies tell before them."""
    library = ctypes.CDLL(ctypes.util.find_library("zstd"))
    library.ZDICT_finalizeDictionary.restype = ctypes.c_size_t
    library.ZDICT_finalizeDictionary.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t,
        ctypes.c_char_p, ctypes.POINTER(ctypes.c_size_t), ctypes.c_uint, Parameters,
    ]  # fmt: skip
    room = len(texts) + 4096
    out = ctypes.create_string_buffer(room)
    sizes = (ctypes.c_size_t * len(bodies))(*map(len, bodies))
    size = library.ZDICT_finalizeDictionary(
        out, room, texts, len(texts), b"".join(bodies), sizes, len(bodies), Parameters(LEVEL, 0, NUMBER)
    )
    if library.ZDICT_isError(ctypes.c_size_t(size)):
        raise SystemExit("zstd could not make a dictionary of these")
    return out.raw[:size]


def main():
    texts, out, *databases = sys.argv[1:]
    known = decoders()
    bodies = [sample for database in databases for sample in samples(database, known)]
    random.Random(0).shuffle(bodies)
    dictionary = finalize(Path(texts).read_bytes(), bodies)
    Path(out).write_bytes(dictionary)
    print(f"{len(bodies)} payloads, {sum(map(len, bodies)) // max(1, len(bodies))} bytes each on average")


if __name__ == "__main__":
    main()
