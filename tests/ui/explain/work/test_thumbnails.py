"""Pictures in small are those pictures, in their order."""

import base64
import io

import numpy as np
from PIL import Image

from sample_models import load_data
from tests.ui.reports import Told
from ui.explain.work.thumbnails import THUMBNAIL_PX, thumbnails
from ui.workshop.item import Item


def test_each_picture_is_the_items_own_and_one_that_is_not_there_is_empty() -> None:
    items = (Item("test", 85), Item("test", 999_999), Item("field", 10))
    found = thumbnails("wolves", items, report=Told())
    assert found[1] == ""
    for item, uri in ((items[0], found[0]), (items[2], found[2])):
        with Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))) as picture:
            assert max(picture.size) == THUMBNAIL_PX
            small = np.asarray(picture.convert("RGB").resize((8, 8), Image.Resampling.BOX), float)
        pixels = load_data("wolves").split(item.source).instance(item.row)  # type: ignore[arg-type]
        whole = Image.fromarray(pixels).resize((8, 8), Image.Resampling.BOX)
        assert np.abs(small - np.asarray(whole, float)).mean() < 4
