# Verifies messages with the library of Standard Webhooks, as a receiver does; prints what was in each.
import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError

given = json.loads(sys.argv[1])
webhook = Webhook(given["secret"])
for message in given["messages"]:
    event = webhook.verify(message["body"], message["headers"])
    print(event["type"])
    changed = message["body"].replace("sequence", "Sequence")
    try:
        webhook.verify(changed, message["headers"])
    except WebhookVerificationError:
        continue
    sys.exit("a message that was changed was taken for a good one")
try:
    Webhook("whsec_" + "QUJD" * 10).verify(given["messages"][0]["body"], given["messages"][0]["headers"])
except WebhookVerificationError:
    sys.exit(0)
sys.exit("another secret verified a message")
