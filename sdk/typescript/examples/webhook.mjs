// Verifies a webhook: webhook.mjs SECRET < a JSON text with `headers` and `body`
import { readFileSync } from "node:fs";
import { verifyWebhook } from "gongfang";

const arrived = JSON.parse(readFileSync(0, "utf8"));
console.log((await verifyWebhook(arrived.body, arrived.headers, process.argv[2])).type);
