"""Java objects as a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import jpype
from starlette.responses import Response

from deployer.engine.http.exchange.media import CSV

if TYPE_CHECKING:
    from deployer.engine.http.exchange.call import Call


def table_response(call: Call, objects: Iterable[Any], name: str) -> Response:
    """Return objects as CSV, with the properties of the first one as columns; empty if there are none."""
    mapper, kind = call.kestra.bean("com.fasterxml.jackson.databind.ObjectMapper"), call.java("java.util.Map").class_
    rows = [mapper.convertValue(each, kind) for each in objects]
    text = io.StringIO()
    writer = csv.writer(text)
    if rows:
        columns = list(rows[0].keySet())
        writer.writerow(columns)
        writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(text.getvalue(), media_type=CSV, headers=headers)


def _cell(value: Any) -> str:
    """Return a value as Java prints it, which for lists and maps is not JSON."""
    return "" if value is None else str(jpype.JObject(value, "java.lang.Object").toString())
