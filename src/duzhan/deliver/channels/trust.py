"""Why a server's certificate is not trusted, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

# OpenSSL's X509_V_ERR codes that an office meets.
_CERTIFICATES = {
    10: "已过期",
    18: "自己签的",
    19: "签发者不可信",
    20: "签发者不可信",
    62: "名称与服务器地址不符",
    64: "名称与服务器地址不符",
}


def distrust(error: ssl.SSLCertVerificationError) -> str:
    """Why a certificate is not trusted."""
    return _CERTIFICATES.get(error.verify_code, error.verify_message)
