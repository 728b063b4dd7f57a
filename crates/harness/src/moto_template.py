"""Serves moto, and forks off copies of it with everything they hold, each on a port of its own.

A line `fork` on standard input is answered by `PID PORT`, a line `end PID` by `ended`. All end when standard input does.
"""
import ctypes
import io
import os
import signal
import sys
import threading
from urllib.parse import urlencode

import botocore.session
import cbor2
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from moto.cloudtrail.models import CloudTrailBackend
from moto.logs.metric_filters import MetricFilters
from moto.server import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

keeping_tags = CloudTrailBackend.delete_trail


def delete_trail(self, name):
    """moto keeps the tags of a deleted trail, for the next trail of its name."""
    trail = self.trails.get(name)
    keeping_tags(self, name)
    if trail:
        self.tagging_service.delete_all_tags_for_resource(trail.arn)


CloudTrailBackend.delete_trail = delete_trail
adding_filter = MetricFilters.add_filter


def add_filter(self, filter_name, filter_pattern, log_group_name, metric_transformations):
    """moto keeps a filter of a name beside the one that it takes the place of."""
    self.delete_filter(filter_name, log_group_name)
    adding_filter(self, filter_name, filter_pattern, log_group_name, metric_transformations)


MetricFilters.add_filter = add_filter
moto = DomainDispatcherApplication(create_backend_app)
one_at_a_time = threading.Lock()
cloudwatch = botocore.session.get_session().get_service_model("cloudwatch")
CBOR = "/service/GraniteServiceVersion20100801/operation/"


def application(environ, start_response):
    """moto's models are not made for threads: a listing fails while something is added to it."""
    with one_at_a_time:
        if environ["PATH_INFO"].startswith(CBOR):
            return [speaking_cbor(environ, start_response)]
        return list(moto(environ, start_response))


def speaking_cbor(environ, start_response):
    """moto knows CloudWatch by its query protocol, in which it is asked what came as CBOR."""
    operation = cloudwatch.operation_model(environ["PATH_INFO"].removeprefix(CBOR))
    asked = cbor2.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"\xa0")
    body = urlencode(create_serializer("query", False).serialize_to_request(asked, operation)["body"]).encode()
    form = {
        "PATH_INFO": "/",
        "RAW_URI": "/",
        "REQUEST_URI": "/",
        "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    started = []
    answer = b"".join(moto({**environ, **form}, lambda status, headers, *_: started.append(status)))
    status = int(started[0].split()[0])
    response = {"status_code": status, "headers": {}, "body": answer}
    parsed = create_parser("query").parse(response, operation.output_shape)
    said = {key: value for key, value in parsed.items() if key not in ("ResponseMetadata", "Error")}
    if status >= 300:
        error = parsed.get("Error", {})
        said = {"__type": error.get("Code", "InternalFailure"), "message": error.get("Message", "")}
    headers = [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")]
    start_response(started[0], headers)
    return cbor2.dumps(said, datetime_as_timestamp=True)


class Handler(MotoRequestHandler):
    def log(self, *_):
        pass


def server():
    return make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)


def say(*words):
    print(*words, flush=True)


def fork():
    pid = os.fork()
    if pid:
        return pid
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    copy = server()
    say(os.getpid(), copy.port)
    os.close(0)
    copy.serve_forever()


original = server()
threading.Thread(target=original.serve_forever, daemon=True).start()
say(os.getpid(), original.port)
copies = set()
for line in sys.stdin:
    words = line.split()
    if words == ["fork"]:
        copies.add(fork())
    elif words[:1] == ["end"]:
        pid = int(words[1])
        if pid in copies:
            copies.remove(pid)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        say("ended")
for pid in copies:
    os.kill(pid, signal.SIGKILL)
os._exit(0)
