"""Verifies a webhook: webhook.py SECRET < a JSON text with `headers` and `body`"""

import json
import sys

from gongfang import webhooks

arrived = json.load(sys.stdin)
event = webhooks.verify(arrived["body"], arrived["headers"], sys.argv[1])
print(event["type"])
