"""A worker that writes capitals: worker.py URL KEY KIND TASKS"""

import sys

from gongfang import Worker


def capitals(task):
    task.report(50, "writing")
    text = task.form["text"].upper()
    task.put_file("capitals.txt", text.encode())
    return {"text": text}


url, key, kind, tasks = sys.argv[1:5]
Worker(url, key, kind).run(capitals, tasks=int(tasks))
