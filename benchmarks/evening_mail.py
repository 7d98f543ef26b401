"""A mail server that takes every mail and keeps none, so that the worker has as much to do as on a real evening."""

from __future__ import annotations

import asyncio

READY, OK, GO_ON, BYE = b"220 ready\r\n", b"250 ok\r\n", b"354 go on\r\n", b"221 bye\r\n"


class MailSink:
    """Speaks as much SMTP as a client needs to get rid of a mail; counts them."""

    def __init__(self) -> None:
        self.mails = 0

    async def start(self, port: int) -> asyncio.Server:
        return await asyncio.start_server(self.serve, "127.0.0.1", port)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(READY)
            while line := await reader.readline():
                command = line[:4].upper()
                if command == b"DATA":
                    writer.write(GO_ON)
                    await reader.readuntil(b"\r\n.\r\n")
                    self.mails += 1
                writer.write(BYE if command == b"QUIT" else OK)
                if command == b"QUIT":
                    return
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()
