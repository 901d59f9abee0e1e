"""What Kestra's own tasks have as outputs, in any version, as the engines document it. Others are not known here."""

from __future__ import annotations

from collections.abc import Mapping

_CORE = "io.kestra.plugin.core."
_NAMES = {
    "debug.Return": "value",
    "execution.Count": "results total",
    "execution.Fail": "",
    "execution.PurgeExecutions": (
        "executionsCount executionOutputsCount logsCount metricsCount storagesCount taskOutputsCount"
    ),
    "flow.If": "evaluationResult",
    "flow.PurgeFlows": "size",
    "flow.Sleep": "",
    "flow.Subflow": "executionId outputs state",
    "flow.Switch": "defaults value",
    "http.Download": "code headers length uri",
    "http.Request": "body code encryptedBody formData headers uri",
    "http.SseRequest": "events result size uri",
    "kv.Delete": "deleted",
    "kv.Get": "value",
    "kv.GetKeys": "keys",
    "kv.PurgeKV": "size",
    "kv.Put": "",
    "kv.Set": "",
    "log.Fetch": "size uri",
    "log.Log": "",
    "log.PurgeLogs": "count executionLogsCount nonExecutionLogsCount",
    "metric.Publish": "",
    "namespace.DeleteFiles": "files",
    "namespace.DownloadFiles": "files",
    "namespace.PurgeFiles": "size",
    "namespace.UploadFiles": "files",
    "output.OutputValues": "values",
    "state.Delete": "deleted",
    "state.Get": "count data",
    "state.Set": "count key",
    "storage.Concat": "uri",
    "storage.DeduplicateItems": "droppedItemsTotal numKeys processedItemsTotal uri",
    "storage.Delete": "deleted uri",
    "storage.FilterItems": "droppedItemsTotal processedItemsTotal uri",
    "storage.LocalFiles": "uris",
    "storage.PurgeCurrentExecutionFiles": "uris",
    "storage.PurgeStorage": "deletedFilesCount purgedCount scannedCount",
    "storage.Reverse": "uri",
    "storage.Size": "size",
    "storage.Split": "uris",
    "storage.Write": "uri",
}

OUTPUTS: Mapping[str, tuple[str, ...]] = {f"{_CORE}{name}": tuple(names.split()) for name, names in _NAMES.items()}
"""The outputs of a task, by its class."""
