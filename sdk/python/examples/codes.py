"""Sells codes: mints a batch and prints it: codes.py URL ADMIN_KEY COUNT USES"""

import sys

from gongfang import Client

url, key, count, uses = sys.argv[1:5]
client = Client(url, key)
batch = client.post("/batches", {"count": int(count), "uses": int(uses), "note": "sold online"})
print("\n".join(batch["codes"]))
