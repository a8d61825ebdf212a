"""Only public addresses are asked, in whatever form a feed writes them."""

from __future__ import annotations

import pytest

from services.catalogue.photos.address import is_public, target_of
from services.catalogue.photos.http_connection import resolve
from services.common.errors import Rejected


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254",
        "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fd00::1", "fc00::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
        "2002:7f00:1::", "2002:a9fe:a9fe::", "2001:0:7f00:1::", "100::1", "::ffff:0:127.0.0.1",
    ],
)  # fmt: skip
def test_what_is_not_of_the_public_internet_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_public_addresses_are_taken(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "[::ffff:127.0.0.1]"])
def test_other_ways_to_write_an_address_are_looked_at_as_what_they_lead_to(host: str) -> None:
    target = target_of(f"http://{host}/a.jpg")
    found = resolve(target.host, target.port)
    assert found
    assert not any(is_public(address.ip) for address in found)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://shop.example/a.jpg", "gopher://shop.example/1", "data:image/png;base64,AAAA",
        "http://", "https:///a.jpg", "http://user:word@shop.example/a.jpg", "http://shop.example@10.0.0.1/a.jpg",
        "http://[::1/a.jpg", "http://shop.example:99999/", "http://shop..example/a.jpg", "http://" + "a" * 64 + "/",
    ],
)  # fmt: skip
def test_what_is_no_url_of_a_host_is_refused(url: str) -> None:
    with pytest.raises(Rejected) as caught:
        target_of(url)
    assert caught.value.reason == "no_url"


def test_a_line_break_in_a_url_reaches_no_header() -> None:
    target = target_of("http://shop.example/a\r\nX-Evil: 1.jpg")
    assert "\r" not in target.path + target.authority
    assert "\n" not in target.path + target.authority


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://shop.example/a", "shop.example"),
        ("https://shop.example:443/a", "shop.example"),
        ("http://shop.example:443/a", "shop.example:443"),
        ("http://[2606:4700::1111]:8080/a", "[2606:4700::1111]:8080"),
    ],
)
def test_the_header_names_the_host_as_servers_expect_it(url: str, authority: str) -> None:
    assert target_of(url).authority == authority
