"""Beside stage 4: HTTP for pages, a server that any browser can ask, in front of CreativeService and EventService.

    POST /v1/select   JSON  -> SelectCreatives -> JSON, with URLs that a page can use     `api`
    POST /v1/events   JSON  -> PublishEvents   -> JSON
    GET  /a/SHA256.png      a picture of the library, by its content                      `pictures`
    GET  /c/TOKEN           a click: counted once by its token, then on to the product    `tracking`
    GET, POST /r/TOKEN      a creative was shown: written to `ad.renders`
    GET  /adloom.js, /demo                                                                `pages`
    GET  /openapi.json      all of it, described                                          `api`

`app.py` is the table of these routes, `guard.py` what each request meets before its route, `server.py` the HTTP server.
A page never names an address to go on to, nor a file to read: a click leads only to a link of the catalogue, and only
names that are a SHA-256 are looked up.
"""
