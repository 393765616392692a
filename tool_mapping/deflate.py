"""Deflate on every core: pieces are packed apart and make one stream, in a zip entry or in a PNG.

A piece ends on a whole byte (deflate's sync flush), so that packed pieces can be put one behind the other; the last is followed
by an empty block that says that the stream ends. zlib lets other threads run while it packs. The lowest level is used: at 24
megapixels a higher one saves a tenth of the bytes and takes three times as long.
"""

from __future__ import annotations

import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from tool_mapping import strips

LEVEL = 1
END = b"\x03\x00"  # the empty block that ends a stream
_AHEAD = 2  # pieces packed and waiting for each core


def packed(pieces: Iterable[Callable[[], bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """(what the piece gives, the same packed) for each piece, in order; the pieces are called on the threads that pack them."""

    def pack(piece: Callable[[], bytes]) -> tuple[bytes, bytes]:
        data = piece()
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        return data, packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)

    workers = min(strips.cores(), strips.MOST_WORKERS)
    waiting: deque = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for piece in pieces:
                waiting.append(pool.submit(pack, piece))
                if len(waiting) > _AHEAD * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def write_entry(archive: zipfile.ZipFile, name: str, pieces: Iterable[Callable[[], bytes]]) -> None:
    """Write a deflated entry of an archive that is open for writing to a file."""
    entry = zipfile.ZipInfo(name)
    crc = size = 0
    with archive.open(entry, "w") as out:  # zipfile packs on one core; so it is given what is packed, as if it were not
        for data, piece in packed(pieces):
            crc, size = zlib.crc32(data, crc), size + len(data)
            out.write(piece)
        out.write(END)
    entry.compress_type, entry.CRC, entry.file_size = zipfile.ZIP_DEFLATED, crc, size
    if archive.fp is not None:
        archive.fp.seek(entry.header_offset)
        archive.fp.write(entry.FileHeader(zip64=False))
        archive.fp.seek(archive.start_dir)
