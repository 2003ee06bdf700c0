"""What the service counted, kept in DynamoDB by the minute for a day and by the hour for a month.

Each process counts in its memory and adds what it has to rows that all processes share; nothing is read before it is
written, so any number of them may. Requests send what is due, a row each: on Lambda nothing runs between requests. So
what a process counted last may never come; the lines of the log have it. A young process sends sooner, and the minute
under way as well, since many on Lambda serve only for a moment: from its second request on, each request sends a row
until all kinds are sent.

| row | one for each | sent by a process at first, after so many seconds, and then | holds |
|---|---|---|---|
| `METRICS#MINUTE` | minute | 0, 10, 60, then once each is over | figures, how long requests took |
| `METRICS#HOUR` | hour | 0, 10, 60, then every 5 minutes | the same |
| `METRICS#ROUTE` | hour | 0, 60, then every 15 minutes | how long requests took by route, and 5xx |
| `METRICS#DAY` | day | 0, 60, then every 15 minutes, where there are any | labelled counters |

What it costs: DynamoDB charges an update by the size of the whole row in KB. A month has 720 hours. A process that is
busy all month writes at most

    minutes   60 an hour, of 1 KB                                                  60 * 720 * 1  = 43,200
    hours     12 an hour, and the rest of the hour before, of 1 KB                 13 * 720 * 1  =  9,360
    routes    4 an hour, and at most 3 for the rest of the hour before, of 14 KB   7 * 720 * 14  = 70,560
    days      4 an hour, and the rest of the day before, of 60 names, 4 KB   (4 * 720 + 30) * 4  = 11,640

which are 134,760 units. A row of routes has 14 KB where every route is in every bucket, and has 5xx. Each time it comes
due it gets one update, of at most 100 names; names beyond wait for the next time, and a process has 252 of an hour. The
first minute of a process adds 10 updates, 42 units at most.
"""

from movierec.telemetry.series.counters import add

__all__ = ["add"]
