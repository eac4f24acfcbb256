"""Sends what TuShare's client for Python sends, with the same names, for machines that lack it and pandas."""
import json
import urllib.request


class DataApi:
    def __init__(self, token):
        self.__token = token
        self.__http_url = "http://127.0.0.1:9"

    def query(self, api_name, fields="", **kwargs):
        question = {"api_name": api_name, "token": self.__token, "params": kwargs, "fields": fields}
        request = urllib.request.Request(
            f"{self.__http_url}/{api_name}", json.dumps(question).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as response:
            result = json.loads(response.read())
        if result["code"] != 0:
            raise Exception(result["msg"])
        return result["data"]

    def __getattr__(self, name):
        return lambda fields="", **kwargs: self.query(name, fields, **kwargs)


def pro_api(token=""):
    return DataApi(token)
