"""The door for pages: an HTTP server that any browser can ask, in front of the creative-service and the event-service.

    POST /v1/select   JSON  -> SelectCreatives -> JSON, with URLs that a page can use
    POST /v1/events   JSON  -> PublishEvents   -> JSON
    GET  /a/SHA256.png      a picture of the library, by its content
    GET  /c/TOKEN           a click: counted once by its token, then on to the product's page
    GET, POST /r/TOKEN      a creative was shown: written to `ad.renders`
    GET  /adloom.js, /demo, /openapi.json

`app.py` is the table of these routes, one file each. A page never names an address to go on to, nor a file to read: a
click leads only to a link of the catalogue, and only names that are a SHA-256 are looked up.
"""
