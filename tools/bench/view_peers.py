"""The libraries that make views, beside ours: two views of each image, crop, flip, jitter and greyscale, as float tensors.

A library that makes them one at a time does so in a loop on one thread, and in as many worker processes of PyTorch's
DataLoader as there are threads on more. kornia draws numbers for each image of a batch, so it gets the batch.
The first results are torchvision's operations on float images with the numbers of the row, and of every library the mean
and deviation of many views. kernel_peers.py imports this.
"""
import os
from typing import Callable

import numpy as np

import raw

MOMENTS = 4  # times that views are made for mean and deviation


def pixels(inputs: raw.Inputs) -> np.ndarray:
    """(N, H, W, C) of bytes."""
    side = int(inputs["side"])
    return inputs["images"].reshape(int(inputs["count"]), side, side, -1).astype(np.uint8)


def moments(run: Callable) -> dict[str, np.ndarray]:
    many = [part.double() for _ in range(MOMENTS) for part in run()]
    count = sum(x.numel() for x in many)
    mean = sum(x.sum().item() for x in many) / count
    square = sum(x.square().sum().item() for x in many) / count
    return {"mean": np.array([mean]), "deviation": np.array([(square - mean**2)**0.5])}


def one_by_one(make: Callable) -> Callable:
    """make(inputs) -> images as the library has them, and its view of one."""
    def build(inputs: raw.Inputs):
        import torch
        threads = int(os.environ["OMP_NUM_THREADS"])
        torch.manual_seed(0)
        torch.set_num_threads(threads)
        images, view = make(inputs)

        class Pairs(torch.utils.data.Dataset):
            def __len__(self):
                return len(images)

            def __getitem__(self, i):
                return view(images[i]), view(images[i])
        loader = torch.utils.data.DataLoader(Pairs(), batch_size=128, num_workers=threads if threads > 1 else 0,
                                             persistent_workers=threads > 1)

        def run():
            return [view for batch in loader for view in batch]
        return run, lambda _: (0, moments(run))
    return build


def torchvision_view(inputs: raw.Inputs):
    import torch
    from torchvision.transforms import v2
    return [torch.from_numpy(x).permute(2, 0, 1).contiguous() for x in pixels(inputs)], v2.Compose([
        v2.RandomResizedCrop(int(inputs["side"]), scale=(inputs["area"], 1), antialias=True,
                             interpolation=v2.InterpolationMode.BICUBIC if inputs["bicubic"] else v2.InterpolationMode.BILINEAR),
        v2.RandomHorizontalFlip(),
        v2.RandomApply([v2.ColorJitter(*strengths(inputs))], 0.8),
        v2.RandomGrayscale(inputs["grey"]),
        v2.ToDtype(torch.float32, scale=True)])


def strengths(inputs: raw.Inputs) -> list[float]:
    return [inputs[f"{what}_strength"] for what in ("brightness", "contrast", "saturation", "hue")]


def lightly_view(inputs: raw.Inputs):
    """On PIL images; it crops with bilinear weights."""
    from lightly.transforms.simclr_transform import SimCLRViewTransform
    from PIL import Image
    brightness, contrast, saturation, hue = strengths(inputs)
    return [Image.fromarray(x if x.shape[2] > 1 else x[..., 0]) for x in pixels(inputs)], SimCLRViewTransform(
        int(inputs["side"]), min_scale=inputs["area"], cj_bright=brightness, cj_contrast=contrast, cj_sat=saturation,
        cj_hue=hue, random_gray_scale=inputs["grey"], gaussian_blur=0, normalize=None)


def albumentations_view(inputs: raw.Inputs):
    os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
    import albumentations as A
    import cv2
    from albumentations.pytorch import ToTensorV2
    cv2.setNumThreads(1)
    around = [(max(0, 1 - s), 1 + s) for s in strengths(inputs)[:3]]
    hue = inputs["hue_strength"]
    compose = A.Compose([
        A.RandomResizedCrop((int(inputs["side"]),) * 2, scale=(inputs["area"], 1),
                            interpolation=cv2.INTER_CUBIC if inputs["bicubic"] else cv2.INTER_LINEAR),
        A.HorizontalFlip(p=0.5), A.ColorJitter(*around, (-hue, hue), p=0.8), A.ToGray(p=inputs["grey"]),
        A.ToFloat(255), ToTensorV2()], seed=0)
    return pixels(inputs), lambda image: compose(image=image)["image"]


def kornia_views(inputs: raw.Inputs):
    import kornia.augmentation as K
    import torch
    torch.manual_seed(0)
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    images = torch.from_numpy(pixels(inputs)).permute(0, 3, 1, 2).contiguous()
    view = K.AugmentationSequential(
        K.RandomResizedCrop((int(inputs["side"]),) * 2, scale=(inputs["area"], 1), align_corners=False,
                            resample="BICUBIC" if inputs["bicubic"] else "BILINEAR"),
        K.RandomHorizontalFlip(), K.ColorJitter(*strengths(inputs), p=0.8),
        *([K.RandomGrayscale(p=inputs["grey"])] if inputs["grey"] else []), data_keys=["input"])

    def run():
        with torch.no_grad():
            return [view(images.float() / 255) for _ in range(2)]
    return run, lambda _: (0, moments(run))


# --- single operations ---

def torchvision_operations(inputs: raw.Inputs) -> dict[str, np.ndarray]:
    """In our conventions. Contrast about the mean of each channel is torchvision's of the channel as a grey image; saturation
    multiplies that of HSV, by torchvision's own conversions. Enlarging, its antialiasing does nothing but choose Pillow's bicubic
    weights; it leaves out what is beyond the box where we repeat the edge, so it gets the box with its edge repeated all around.
    """
    import torch
    from torchvision.transforms import v2
    from torchvision.transforms.v2.functional import _color
    f, number = v2.functional, lambda name: inputs[name]
    x = torch.from_numpy(pixels(inputs)[:int(number("shown"))]).permute(0, 3, 1, 2).float() / 255
    top, left, height, width = (int(number(name)) for name in ("top", "left", "height", "width"))
    filtered = v2.InterpolationMode.BICUBIC if number("bicubic") else v2.InterpolationMode.BILINEAR
    repeated = f.pad(f.crop(x, top, left, height, width), [width, height], padding_mode="edge")
    enlarged = f.resize(repeated, [3 * n for n in x.shape[2:]], filtered, antialias=True)
    made = {"crop": f.center_crop(enlarged, list(x.shape[2:])),
            "flip": f.horizontal_flip(x),
            "brightness": f.adjust_brightness(x, number("brightness")),
            "contrast": torch.cat([f.adjust_contrast(c, number("contrast")) for c in x.split(1, 1)], 1)}
    if x.shape[1] == 3:
        h, s, v = _color._rgb_to_hsv(x).split(1, 1)
        made |= {"saturation": _color._hsv_to_rgb(torch.cat([h, (s * number("saturation")).clamp(max=1), v], 1)),
                 "hue": f.adjust_hue(x, number("hue")),
                 "greyscale": f.rgb_to_grayscale(x, 3)}
    return {name: y.clamp(0, 1).permute(0, 2, 3, 1).contiguous().numpy() for name, y in made.items()}


def torchvision_views(inputs: raw.Inputs):
    run, result = one_by_one(torchvision_view)(inputs)

    def with_operations(views):
        value, arrays = result(views)
        return value, arrays | torchvision_operations(inputs)
    return run, with_operations


PEERS = {("torchvision", "views"): torchvision_views, ("lightly", "views"): one_by_one(lightly_view),
         ("albumentations", "views"): one_by_one(albumentations_view), ("kornia", "views"): kornia_views}
