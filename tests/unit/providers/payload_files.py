"""Provider JSON kept in tests/unit/payloads, and the official API descriptions."""

import functools
import gzip
import json
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

_UNIT = Path(__file__).resolve().parents[1]
# The official files, packed byte for byte: a checkout alone must be testable.
_SPECS = _UNIT.parents[1] / "emulator" / "specs"


def load(name):
    """Return the JSON of ``<provider>/<name>.json``."""
    return json.loads((_UNIT / "payloads" / f"{name}.json").read_text())


def escaped(content):
    """Encode JSON as Meta signs it: everything beyond ASCII as \\uXXXX."""
    return json.dumps(content, separators=(",", ":")).encode("ascii")


@functools.cache
def _meta():
    packed = (_SPECS / "whatsapp_cloud_api_v23.yaml.gz").read_bytes()
    return yaml.load(gzip.decompress(packed), Loader=yaml.CSafeLoader)


@functools.cache
def _twilio():
    packed = (_SPECS / "twilio_api_v2010.json.gz").read_bytes()
    return json.loads(gzip.decompress(packed))


@functools.cache
def _content():
    packed = (_SPECS / "twilio_content_v1.json.gz").read_bytes()
    return json.loads(gzip.decompress(packed))


def meta_errors(schema, instance):
    """Return what Meta's description (``#/components/schemas/…``) says against it."""
    components = {"components": _meta()["components"]}
    root = {**components, "$ref": f"#/components/schemas/{schema}"}
    return _errors(root, instance)


def meta_request_errors(path, method, instance, media_type="application/json"):
    operation = _meta()["paths"]["/{Version}/" + path][method]
    schema = operation["requestBody"]["content"][media_type]["schema"]
    return _errors({"components": _meta()["components"], **schema}, instance)


def meta_path_exists(path, method):
    return method in _meta()["paths"].get("/{Version}/" + path, {})


def meta_query_names(path):
    parameters = _meta()["paths"]["/{Version}/" + path]["get"].get("parameters", [])
    return {one["name"] for one in parameters if "name" in one}


def twilio_form_errors(form):
    """Return what Twilio's description says against a form that creates a message."""
    path = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
    content = _twilio()["paths"][path]["post"]["requestBody"]["content"]
    schema = dict(content["application/x-www-form-urlencoded"]["schema"])
    schema["additionalProperties"] = False
    return _errors({"components": _twilio()["components"], **schema}, form)


def content_errors(payload):
    """Return what Twilio's description says against a body that creates a Content."""
    components = {"components": _content()["components"]}
    root = {**components, "$ref": "#/components/schemas/ContentCreateRequest"}
    return _errors(root, payload)


def twilio_query_names():
    path = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
    return {one["name"] for one in _twilio()["paths"][path]["get"]["parameters"]}


def _errors(schema, instance):
    return [
        error.message for error in Draft202012Validator(schema).iter_errors(instance)
    ]
