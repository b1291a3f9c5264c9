// What Alibaba's own library does with the keys of an upload token, in both of its signatures and ways of addressing.
import dns from "node:dns";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

const require = createRequire(process.argv[3] + "/");
// Browsers know where *.localhost is; this machine's resolver need not.
const lookup = dns.lookup;
dns.lookup = (host, options, callback) => lookup(host.endsWith(".localhost") ? "127.0.0.1" : host, options, callback);
const OSS = require("ali-oss");

const keys = JSON.parse(process.argv[2]);
const folder = keys.prefix;
const client = (more) =>
  new OSS({
    accessKeyId: keys.accessKeyId, accessKeySecret: keys.accessKeySecret, stsToken: keys.securityToken,
    bucket: keys.bucket, region: keys.region, endpoint: keys.endpoint, ...more,
  });

for (const [way, more] of [
  ["first", {}], ["fourth", { authorizationV4: true }], ["path", { sldEnable: true }], ["address", { endpoint: keys.endpoint.replace("localhost", "127.0.0.1") }],
]) {
  for (const name of ["图 it's~100%#2+(1).png", "plain.png"]) {
    const put = await client(more).put(`${folder}${way}/${name}`, Buffer.from("hello"));
    if (put.res.status !== 200) throw new Error(`${way}: ${put.res.status}`);
  }
}
const whole = client({});
const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "upload-")), "parts.bin");
fs.writeFileSync(file, Buffer.alloc(1_300_000, 7));
const done = await whole.multipartUpload(`${folder}parts.bin`, file, { partSize: 200 * 1024, parallel: 3 });
fs.rmSync(path.dirname(file), { recursive: true });
if (!done.etag.includes("-7")) throw new Error(`parts: ${done.etag}`);
const refused = async (code, call) => {
  try { await call(); } catch (error) {
    if (error.code !== code) throw new Error(`${error.code} instead of ${code}: ${error.message}`);
    return;
  }
  throw new Error(`${code} was expected`);
};
await refused("SignatureDoesNotMatch", () => client({ accessKeySecret: "another" }).put(`${folder}x.png`, Buffer.from("x")));
await refused("InvalidSecurityToken", () => client({ stsToken: "another" }).put(`${folder}x.png`, Buffer.from("x")));
await refused("AccessDenied", () => whole.put("uploads/u999999/x.png", Buffer.from("x")));
console.log("all was as it should be");
