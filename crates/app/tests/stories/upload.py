"""What boto3 does with the keys of an upload token: names as people have them, parts, and every hash a sender can name."""
import base64, hashlib, http.client, json, os, sys, tempfile, zlib
import boto3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

keys = json.loads(sys.argv[1])
client = boto3.client(
    "s3", endpoint_url=keys["endpoint"], region_name=keys["region"], aws_access_key_id=keys["accessKeyId"],
    aws_secret_access_key=keys["accessKeySecret"], aws_session_token=keys["securityToken"],
    config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}))
bucket, prefix = keys["bucket"], keys["prefix"]


def refused(code, call):
    try:
        call()
    except ClientError as error:
        found = error.response["Error"]["Code"]
        assert found == code, f"{found} instead of {code}: {error}"
        return
    raise AssertionError(f"{code} was expected")


def put(name, body=b"hello", **more):
    return client.put_object(Bucket=bucket, Key=prefix + name, Body=body, **more)


for name in ["Screenshot 2026-11-28 at 1.08.45\u202fPM.png", "か\u3099そう.png", "微信图片（1）.png", "【原创】封面.png", "字" * 48 + ".png",
             "it's.png", "100%.png", "封面#2.png", "cover#2", "हिन्दी.png", ".hidden", "a/b/c/d/e/f.png"]:
    put(name)
for name in ["a/../b", "..", "a//b", "a\\b", "x" * 1024]:
    try:
        put(name)
    except ClientError:
        continue
    raise AssertionError(f"{name!r} was taken")

# Every hash that a sender names is looked at, and what does not fit is not kept.
body = os.urandom(100_000)
md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
sums = {
    "ChecksumCRC32": base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode(),
    "ChecksumSHA1": base64.b64encode(hashlib.sha1(body).digest()).decode(),
    "ChecksumSHA256": base64.b64encode(hashlib.sha256(body).digest()).decode(),
}
put("whole.bin", body, ContentMD5=md5)
for name, value in sums.items():
    put("whole.bin", body, **{name: value})
    refused("BadDigest", lambda: put("spoilt.bin", body, **{name: base64.b64encode(bytes(len(base64.b64decode(value)))).decode()}))
refused("BadDigest", lambda: put("spoilt.bin", body, ChecksumCRC32C="AAAAAA=="))
refused("BadDigest", lambda: put("spoilt.bin", body, ContentMD5="AAAAAAAAAAAAAAAAAAAAAA=="))
# Alibaba's V4 may name one, too.
said = {}
client.meta.events.register("before-call.s3.PutObject", lambda params, **_: params["headers"].update(said))
said["x-oss-content-sha256"] = hashlib.sha256(body).hexdigest()
put("whole.bin", body)
said["x-oss-content-sha256"] = "00" * 32
refused("BadDigest", lambda: put("spoilt.bin", body))
said.clear()


def streamed(trailer):
    """A body in chunks, with its hash behind it."""
    url = f"{keys['endpoint']}/{bucket}/{prefix}trailer.bin"
    headers = {"content-encoding": "aws-chunked", "x-amz-trailer": "x-amz-checksum-crc32", "x-amz-decoded-content-length": "5"}
    request = AWSRequest("PUT", url, data=b"", headers=headers)
    request.context = {"checksum": {"request_algorithm": {"in": "trailer", "algorithm": "crc32"}}}
    S3SigV4Auth(Credentials(keys["accessKeyId"], keys["accessKeySecret"], keys["securityToken"]), "s3", keys["region"]).add_auth(request)
    chunks = b"5\r\nhello\r\n0\r\n" + (b"x-amz-checksum-crc32:" + trailer + b"\r\n" if trailer else b"") + b"\r\n"
    host = keys["endpoint"].split("://")[1]
    connection = http.client.HTTPConnection(host)
    sent = dict(request.headers.items()) | {"content-length": str(len(chunks))}
    connection.request("PUT", f"/{bucket}/{prefix}trailer.bin", chunks, sent)
    answer = connection.getresponse()
    return answer.status, answer.read()


good = base64.b64encode(zlib.crc32(b"hello").to_bytes(4, "big"))
for trailer, expected in [(good, 200), (b"AAAAAA==", 400), (b"", 400)]:
    status, answer = streamed(trailer)
    assert status == expected, (trailer, status, answer)
    assert status == 200 or b"BadDigest" in answer, answer

# Nine MiB go in parts, as the library does it by itself; more than twenty do not.
with tempfile.NamedTemporaryFile() as file:
    file.write(os.urandom(9 << 20))
    file.flush()
    client.upload_file(file.name, bucket, prefix + "nine.bin")
    file.write(os.urandom(12 << 20))
    file.flush()
    try:
        client.upload_file(file.name, bucket, prefix + "large.bin")
    except Exception as error:
        assert "EntityTooLarge" in str(error), error
    else:
        raise AssertionError("twenty-one MiB were taken")

# A part whose hash is wrong is none; what is not what was sent cannot be put together; asked twice, answered alike.
session = client.create_multipart_upload(Bucket=bucket, Key=prefix + "parts.bin")["UploadId"]
about = {"Bucket": bucket, "Key": prefix + "parts.bin", "UploadId": session}
refused("BadDigest", lambda: client.upload_part(PartNumber=1, Body=b"one", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==", **about))
one = client.upload_part(PartNumber=1, Body=b"one", **about)["ETag"]
two = client.upload_part(PartNumber=2, Body=b"two", **about)["ETag"]
listed = lambda *parts: {"Parts": [{"PartNumber": number, "ETag": etag} for number, etag in parts]}
refused("InvalidPartOrder", lambda: client.complete_multipart_upload(MultipartUpload=listed((2, two), (1, one)), **about))
refused("InvalidPart", lambda: client.complete_multipart_upload(MultipartUpload=listed((1, two)), **about))
for said in [{"ChecksumSHA256": base64.b64encode(bytes(32)).decode()}, {"ChecksumCRC32": "AAAAAA=="}]:
    spoilt = {"Parts": [{"PartNumber": 1, "ETag": one, **said}, {"PartNumber": 2, "ETag": two}]}
    refused("BadDigest", lambda: client.complete_multipart_upload(MultipartUpload=spoilt, **about))
    refused("BadDigest", lambda: client.complete_multipart_upload(MultipartUpload=listed((1, one), (2, two)), **said, **about))
first = client.complete_multipart_upload(MultipartUpload=listed((1, one), (2, two)), **about)["ETag"]
again = client.complete_multipart_upload(MultipartUpload=listed((1, one), (2, two)), **about)["ETag"]
assert first == again and first.strip('"').endswith("-2"), (first, again)
refused("NoSuchUpload", lambda: client.upload_part(PartNumber=1, Body=b"one", **about | {"UploadId": "0" * 32}))
print("all was as it should be")
