"""Makes a film of a text and follows it: film.py URL KEY TEXT"""

import sys

from gongfang import Client

url, key, text = sys.argv[1:4]
client = Client(url, key)
task = client.post("/tasks", {"kind": "anime", "text": text, "scene_seconds": 2})
state = None
for event in client.follow(task["id"]):
    state = event["state"]
    print(f"{event['progress']:3} % {event['message'] or state}", file=sys.stderr)
if state != "succeeded":
    sys.exit(f"the film {state}")
for file in client.get(f"/tasks/{task['id']}/result")["files"]:
    print(file["role"], file["url"])
