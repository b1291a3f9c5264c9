"""A real SMTP server (aiosmtpd) that asks for STARTTLS and AUTH and prints each letter it took as one line of JSON."""
import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

certificate, key, port = sys.argv[1], sys.argv[2], int(sys.argv[3])


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        if address.startswith("later@"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = lambda kind: letter.get_body((kind,)).get_content()
        print(json.dumps({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "subject": letter["subject"],
            "headers": sorted(name.lower() for name in letter.keys()),
            "header_from": str(letter["from"]),
            "header_to": str(letter["to"]),
            "message_id": letter["message-id"],
            "date": letter["date"],
            "plain": part("plain"),
            "html": part("html"),
            "tls": session.ssl is not None,
            "peer": session.peer[1],
        }), flush=True)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == b"gongfang" and data.password == b"hunter2"
    # Where it is not handled here, the server answers 535 itself.
    return AuthResult(success=good, handled=False)


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


class Secured(Controller):
    def factory(self):
        return SMTP(self.handler, tls_context=context, require_starttls=True, authenticator=authenticate, auth_required=True,
                    hostname="localhost")


controller = Secured(Handler(), hostname="127.0.0.1", port=port, ready_timeout=60)
controller.start()
print("ready", flush=True)
asyncio.new_event_loop().run_forever()
