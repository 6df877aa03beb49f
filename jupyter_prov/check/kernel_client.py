"""A kernel client that sends cell ids and puts the kernel part's entries aside as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from traitlets import Type

from jupyter_prov.record import wire


class EntryChannel(AsyncZMQSocketChannel):
    """An IOPub channel on which entries are not seen by whoever reads outputs."""

    take: Callable[[dict[str, Any]], None] | None = None

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # type: ignore[override]
        """The next message that is no entry; raises queue.Empty after so many seconds."""
        while True:
            message: dict[str, Any] = await super().get_msg(timeout)
            if message["msg_type"] != wire.MESSAGE:
                return message
            if self.take is not None:
                self.take(message["content"])


class EntryClient(AsyncKernelClient):
    """A client that carries the id of the cell it executes, as front ends do."""

    iopub_channel_class = Type(EntryChannel)
    cell_id: str | None = None

    def execute(self, code: str, *args: Any, **kwargs: Any) -> str:
        """Ask for an execution of the cell `cell_id`; gives the id of the request."""
        content = {
            "code": code,
            "silent": False,
            "store_history": kwargs.get("store_history", True),
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": kwargs.get("stop_on_error", True),
        }
        return self.request(content, {"cellId": self.cell_id})

    def request(self, content: dict[str, Any], metadata: dict[str, Any] | None = None) -> str:
        """Send an execute_request with this content; gives its id."""
        message = self.session.msg("execute_request", content, metadata=metadata)
        self.shell_channel.send(message)
        request: str = message["header"]["msg_id"]
        return request


def drop_tasks() -> None:
    """Cancel what an execution that came to no good end left in the event loop."""
    from jupyter_core.utils import ensure_event_loop

    loop = ensure_event_loop()
    if tasks := asyncio.all_tasks(loop):
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
