"""Pictures so small that many stand on one page."""

import base64
import io
from functools import lru_cache

EDGE_PX = 96


@lru_cache(maxsize=128)
def thumbnail(picture: str) -> str:
    """The picture of a data URL, a few kilobytes; empty if it cannot be read."""
    from PIL import Image  # no other page needs it

    try:
        data = base64.b64decode(picture.partition(",")[2])
        with Image.open(io.BytesIO(data)) as opened:
            small = opened.convert("RGB")
    except (OSError, ValueError):
        return ""
    small.thumbnail((EDGE_PX, EDGE_PX))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"
