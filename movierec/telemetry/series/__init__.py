"""What the service counted, kept in DynamoDB by the minute for a day and by the hour for a month.

Each process counts in its memory and adds what it has to rows that all processes share; nothing is read before it is
written, so any number of them may. A request in whose course a minute was over sends that minute: on Lambda nothing
runs between requests. So what a process counted in its last minute may never come; the lines of the log have it.

| row | one for each | sent by a process | holds |
|---|---|---|---|
| `METRICS#MINUTE` | minute | once it is over | figures, how long requests took |
| `METRICS#HOUR` | hour | every 5 minutes, a young process every minute | the same |
| `METRICS#ROUTE` | hour | like hours | how long requests took by route |
| `METRICS#DAY` | day | like hours, where there are any | labelled counters |

What it costs: DynamoDB charges a write by the row's size in KB. A process that works all month writes 43,200 minutes
of 1 KB; and 8,640 times, every 5 minutes, an hour of 1 KB, routes of 4 KB and a day of 1 KB. That makes
43,200 + 8,640 * 6 = 95,040 units.
"""

from movierec.telemetry.series.counters import add

__all__ = ["add"]
