#!/usr/bin/env python3
"""The peers of one library, in a process of their own: kernels.py starts it and sends one request a line.

    {"do": "open", "folder": "build/bench/nt_xent_512", "kernel": "nt_xent", "peer": "lightly"}
                             reads the inputs, computes once and writes the results beside them, computes once more
                             and answers with value, milliseconds and the memory that this took at its highest,
                             or with what is absent
    {"do": "time", "seconds": 1}   computes for so long and answers with the mean of the milliseconds
    {"do": "close"}                forgets the inputs

What torch differentiates is a formula as one would write it: a product, logsumexp or cross_entropy, backward.
"""
import ctypes
import gc
import importlib.util
import json
import os
import pathlib
import sys
import time
import types
import warnings
from typing import Callable

import numpy as np

import evaluation_peers
import raw
import training_net
import view_peers

Arrays = dict[str, np.ndarray]
Result = tuple[float, Arrays]
# (peer, kernel): inputs -> (run, result of run -> value and arrays)
PEERS: dict[tuple[str, str], Callable] = evaluation_peers.PEERS | view_peers.PEERS


def threads() -> int:
    return int(os.environ["OMP_NUM_THREADS"])


# --- torch: a loss of tensors, and which of them are differentiated ---

def tensors(inputs: raw.Inputs, live: tuple[str, ...]) -> types.SimpleNamespace:
    import torch
    torch.set_num_threads(threads())
    made = {}
    for name, value in inputs.items():
        if isinstance(value, np.ndarray):
            value = torch.from_numpy(value)
            value = value.long() if value.dtype == torch.int32 else value.requires_grad_(name in live)
        made[name] = value
    return types.SimpleNamespace(**made)


def differentiated(loss: Callable, live: tuple[str, ...], compiled: bool = False) -> Callable:
    def build(inputs: raw.Inputs):
        import torch
        x = tensors(inputs, live)
        leaves = [getattr(x, name) for name in live]
        f = loss(x)
        if compiled:
            torch._dynamo.reset()
            f = torch.compile(f, dynamic=False)

        def run():
            value = f(*leaves)
            return value, torch.autograd.grad(value, leaves)

        def result(r) -> Result:
            return r[0].item(), {name: g.numpy() for name, g in zip(live, r[1])}
        return run, result
    return build


def formula(kernel: str, *live: str):
    """A loss in torch's own words, run eagerly and compiled. It gets the inputs and returns a function of the live ones."""
    def register(loss: Callable) -> Callable:
        PEERS["torch eager", kernel] = differentiated(loss, live)
        PEERS["torch compile", kernel] = differentiated(loss, live, compiled=True)
        return loss
    return register


def library(peer: str, kernel: str, *live: str):
    """A library's loss of the same kernel."""
    def register(loss: Callable) -> Callable:
        PEERS[peer, kernel] = differentiated(loss, live)
        return loss
    return register


@formula("nt_xent", "embeddings")
def _(x):
    import torch
    import torch.nn.functional as F
    rows = len(x.embeddings)
    positive = (torch.arange(rows) + rows // 2) % rows

    def loss(z):
        u = F.normalize(z)
        logits = u @ u.T / x.temperature
        logits.fill_diagonal_(-torch.inf)
        return F.cross_entropy(logits, positive)
    return loss


@library("lightly", "nt_xent", "embeddings")
def _(x):
    from lightly.loss import NTXentLoss
    criterion = NTXentLoss(x.temperature)
    return lambda z: criterion(*z.chunk(2))


@library("solo-learn", "nt_xent", "embeddings")
def _(x):
    simclr = solo("losses/simclr").simclr_loss_func
    return lambda z: simclr(*z.chunk(2), x.temperature)


@library("pytorch-metric-learning", "nt_xent", "embeddings")
def _(x):
    import torch
    from pytorch_metric_learning.losses import NTXentLoss
    criterion, image = NTXentLoss(x.temperature), torch.arange(len(x.embeddings) // 2).repeat(2)
    return lambda z: criterion(z, image)


@formula("info_nce", "queries")
def _(x):
    import torch
    import torch.nn.functional as F
    own = torch.zeros(len(x.queries), dtype=torch.long)

    def loss(q):
        positive = (q * x.keys).sum(1, keepdim=True)
        return F.cross_entropy(torch.cat([positive, q @ x.negatives.T], 1) / x.temperature, own)
    return loss


@library("lightly", "info_nce", "queries")
def _(x):
    """It brings the rows to unit length itself, and its queue takes the keys in afterwards."""
    from lightly.loss import NTXentLoss
    criterion = NTXentLoss(x.temperature, memory_bank_size=tuple(x.negatives.shape))
    criterion.memory_bank.bank.copy_(x.negatives)
    return lambda q: criterion(q, x.keys)


@library("solo-learn", "info_nce", "queries")
def _(x):
    moco, queue = solo("losses/moco").moco_loss_func, x.negatives.T.contiguous()
    return lambda q: moco(q, x.keys, queue, x.temperature)


@formula("cpc", "predictions", "targets")
def _(x):
    import torch.nn.functional as F
    return lambda a, t: F.cross_entropy(x.scale * a @ t.T, x.own)


@formula("cmc", "anchors")
def _(x):
    import torch
    import torch.nn.functional as F
    own = torch.zeros(len(x.anchors), dtype=torch.long)

    def loss(f):
        positive = (f * x.bank[x.own]).sum(1, keepdim=True)
        negatives = x.bank[x.negatives]
        scores = f @ negatives.T if negatives.dim() == 2 else torch.einsum("nd,nkd->nk", f, negatives)
        return F.cross_entropy(torch.cat([positive, scores], 1) / x.temperature, own)
    return loss


def torch_sinkhorn(scores, epsilon: float, steps: int):
    import torch
    rows, prototypes = scores.shape
    q = torch.exp((scores - scores.max()) / epsilon)
    for _ in range(steps):
        q /= q.sum(0) * prototypes
        q /= q.sum(1, keepdim=True) * rows
    return q.mul_(rows)


@formula("swav", "embeddings", "prototypes")
def _(x):
    import torch
    views, assigning = int(x.views), int(x.assigning)

    def loss(z, c):
        scores = (z @ c.T).view(views, -1, len(c))
        log_p = torch.log_softmax(scores / x.temperature, 2)
        all_views, total = log_p.sum(0), 0
        for i in range(assigning):
            codes = torch_sinkhorn(scores[i].detach(), x.epsilon, int(x.steps))
            total = total - (codes * (all_views - log_p[i])).sum()
        return total / (assigning * (views - 1) * scores.shape[1])
    return loss


@library("lightly", "swav", "embeddings", "prototypes")
def _(x):
    from lightly.loss import SwaVLoss
    criterion, high = SwaVLoss(x.temperature, int(x.steps), x.epsilon), int(x.assigning)

    def loss(z, c):
        scores = (z @ c.T).chunk(int(x.views))
        return criterion(list(scores[:high]), list(scores[high:])).sum()
    return loss


@formula("cross_entropy", "logits")
def _(x):
    import torch.nn.functional as F
    return lambda z: F.cross_entropy(z, x.targets)


@library("timm", "cross_entropy", "logits")
def _(x):
    from timm.loss import SoftTargetCrossEntropy
    criterion = SoftTargetCrossEntropy()
    return lambda z: criterion(z, x.targets)


@formula("linear_cross_entropy", "rows", "weight", "bias")
def _(x):
    import torch.nn.functional as F
    return lambda h, w, b: F.cross_entropy(F.linear(h, w, b), x.labels)


@library("torch linear_cross_entropy", "linear_cross_entropy", "rows", "weight", "bias")
def _(x):
    import torch.nn.functional as F
    return lambda h, w, b: F.linear_cross_entropy(h, w, x.labels, linear_bias=b)


@library("torch linear_cross_entropy in chunks", "linear_cross_entropy", "rows", "weight", "bias")
def _(x):
    import torch.nn.functional as F
    from torch.nn.modules.linear_cross_entropy_options import LinearCrossEntropyOptions
    chunks = LinearCrossEntropyOptions()
    return lambda h, w, b: F.linear_cross_entropy(h, w, x.labels, linear_bias=b, options=chunks)


@formula("byol", "predictions")
def _(x):
    import torch.nn.functional as F
    return lambda p: 2 - 2 * F.cosine_similarity(p, x.targets).mean()


@library("lightly", "byol", "predictions")
def _(x):
    from lightly.loss import NegativeCosineSimilarity
    criterion = NegativeCosineSimilarity()
    return lambda p: 2 + 2 * criterion(p, x.targets)


@library("solo-learn", "byol", "predictions")
def _(x):
    byol = solo("losses/byol").byol_loss_func
    return lambda p: byol(p, x.targets)


@formula("distillation", "student")
def _(x):
    import torch
    import torch.nn.functional as F

    def loss(student):
        soft = torch.log_softmax(x.teacher / x.temperature, 1)
        hope = torch.log_softmax(student / x.temperature, 1)
        return F.kl_div(hope, soft, reduction="batchmean", log_target=True) * x.temperature**2
    return loss


@formula("fixmatch", "strong")
def _(x):
    import torch
    import torch.nn.functional as F

    def loss(strong):
        sure, label = torch.softmax(x.weak, 1).max(1)
        return (F.cross_entropy(strong, label, reduction="none") * (sure >= x.threshold)).mean()
    return loss


# --- nothing is differentiated ---

def assigner(assign: Callable, compiled: bool = False) -> Callable:
    def build(inputs: raw.Inputs):
        import torch
        x = tensors(inputs, ())
        f = assign
        if compiled:
            torch._dynamo.reset()
            f = torch.compile(assign, dynamic=False)

        def run():
            with torch.no_grad():
                return f(x.scores, x.epsilon, int(x.steps))
        return run, lambda codes: (0, {"codes": codes.contiguous().numpy()})
    return build


def lightly_sinkhorn(scores, epsilon, steps):
    from lightly.loss.swav_loss import sinkhorn
    return sinkhorn(scores, steps, epsilon)


def solo_sinkhorn(scores, epsilon, steps):
    return solo("utils/sinkhorn_knopp").SinkhornKnopp(steps, epsilon)(scores)


def pot_sinkhorn(inputs: raw.Inputs):
    import ot
    import torch
    x = tensors(inputs, ())
    rows, prototypes = x.scores.shape
    each_row, each_prototype = torch.full((rows,), 1 / rows), torch.full((prototypes,), 1 / prototypes)

    def run():
        with torch.no_grad():
            return ot.sinkhorn(each_row, each_prototype, -x.scores, x.epsilon, numItermax=int(x.steps), warn=False)
    return run, lambda plan: (0, {"codes": (plan * rows).numpy()})


PEERS["torch eager", "sinkhorn"] = assigner(torch_sinkhorn)
PEERS["torch compile", "sinkhorn"] = assigner(torch_sinkhorn, compiled=True)
PEERS["lightly", "sinkhorn"] = assigner(lightly_sinkhorn)
PEERS["solo-learn", "sinkhorn"] = assigner(solo_sinkhorn)
PEERS["POT", "sinkhorn"] = pot_sinkhorn


def faiss_k_means(inputs: raw.Inputs):
    import faiss
    faiss.omp_set_num_threads(threads())
    rows, centroids = inputs["rows"], inputs["centroids"]

    def run():
        k_means = faiss.Kmeans(rows.shape[1], len(centroids), niter=int(inputs["iterations"]),
                               max_points_per_centroid=len(rows), min_points_per_centroid=1)
        k_means.train(rows, init_centroids=centroids)
        return k_means.centroids
    return run, lambda c: (0, {"centroids": c})


def sklearn_k_means(algorithm: str) -> Callable:
    def build(inputs: raw.Inputs):
        from sklearn.cluster import KMeans
        from threadpoolctl import threadpool_limits

        def run():
            k_means = KMeans(len(inputs["centroids"]), init=inputs["centroids"], n_init=1, tol=0,
                             max_iter=int(inputs["iterations"]), algorithm=algorithm)
            with threadpool_limits(threads()), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # ten iterations are not meant to converge
                return k_means.fit(inputs["rows"]).cluster_centers_
        return run, lambda c: (0, {"centroids": c})
    return build


PEERS["faiss", "k_means"] = faiss_k_means
PEERS["scikit-learn", "k_means"] = sklearn_k_means("lloyd")
PEERS["scikit-learn elkan", "k_means"] = sklearn_k_means("elkan")


def moving_average(step: Callable) -> Callable:
    def build(inputs: raw.Inputs):
        x = tensors(inputs, ())
        run = step(x)
        return run, lambda _: (0, {"target": x.target.numpy()})
    return build


def lerp(x):
    return lambda: x.target.lerp_(x.online, 1 - x.momentum)


def foreach_lerp(x):
    """In as many pieces as a ResNet-50 has arrays."""
    import torch
    target, online = x.target.tensor_split(161), x.online.tensor_split(161)
    return lambda: torch._foreach_lerp_(target, online, 1 - x.momentum)


def copy(x):
    return lambda: x.target.copy_(x.online)


PEERS["torch lerp_", "ema"] = moving_average(lerp)
PEERS["torch _foreach_lerp_", "ema"] = moving_average(foreach_lerp)
PEERS["torch copy_", "ema"] = moving_average(copy)


# --- training: the first result is the gradient from the weights that were given; steps go on from there ---

def training(name: str, channels_last: bool, compiled: bool) -> Callable:
    def build(inputs: raw.Inputs):
        import torch
        import torch.nn.functional as F
        torch.set_num_threads(threads())
        pixels, side = torch.from_numpy(inputs["views"]), int(inputs["side"])
        net = training_net.build(name)
        training_net.fill(net.parameters(), inputs["weights"])
        layout = torch.channels_last if channels_last else torch.contiguous_format
        net = net.to(memory_format=layout)
        views = pixels.view(len(pixels), side, side, -1).permute(0, 3, 1, 2).contiguous(memory_format=layout)
        optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-2, fused=True)
        positive = (torch.arange(len(views)) + len(views) // 2) % len(views)
        temperature = inputs["temperature"]

        def loss(x):
            u = F.normalize(net(x))
            logits = u @ u.T / temperature
            return F.cross_entropy(logits.masked_fill(torch.eye(len(x), dtype=torch.bool), -torch.inf), positive)
        if compiled:
            torch._dynamo.reset()
            loss = torch.compile(loss, dynamic=False)

        def run():
            optimizer.zero_grad()
            value = loss(views)
            value.backward()
            optimizer.step()
            return value

        def result(value) -> Result:
            return value.item(), {"gradient": np.concatenate([p.grad.contiguous().view(-1).numpy() for p in net.parameters()])}
        return run, result
    return build


for net in training_net.NETS:
    for last in ("", " channels-last"):
        PEERS[f"torch{last or ' eager'}", f"train_{net}"] = training(net, bool(last), False)
        PEERS[f"torch compile{last}", f"train_{net}"] = training(net, bool(last), True)


def solo(path: str):
    """A file of solo-learn by its path: the package itself asks for much that is not needed here."""
    file = pathlib.Path(sys.prefix) / "solo-learn-1.0.2" / "solo" / f"{path}.py"
    spec = importlib.util.spec_from_file_location("solo_" + path.replace("/", "_"), file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- memory and time ---

def status(field: str) -> int:
    """Bytes, as the kernel counts this process: VmRSS now, VmHWM at its highest since `forget_highest`."""
    for line in pathlib.Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    return 0


def extra_memory(run: Callable, outputs: int) -> tuple[float, float]:
    """MiB beyond inputs and results, and milliseconds, of one more computation."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # the highest is what there is now
    before, start = status("VmRSS"), time.perf_counter()
    r = run()
    ms = 1e3 * (time.perf_counter() - start)
    highest = status("VmHWM")
    del r
    return max(0, highest - before - outputs) / 2**20, ms


class Server:
    run: Callable

    def open(self, folder: str, kernel: str, peer: str) -> dict:
        inputs = raw.read(pathlib.Path(folder))
        self.run, result = PEERS[peer, kernel](inputs)
        value, arrays = result(self.run())
        for name, array in arrays.items():
            np.ascontiguousarray(array, np.float32).tofile(f"{folder}/{peer.replace(' ', '_')}.{name}.f32")
        in_place = kernel == "ema"
        size = 0 if in_place else sum(a.nbytes for a in arrays.values())
        del arrays
        mib, ms = extra_memory(self.run, size)
        return {"value": value, "ms": ms, "extra_mib": mib}

    def time(self, seconds: float) -> dict:
        calls, start = 0, time.perf_counter()
        while True:
            self.run()
            calls += 1
            passed = time.perf_counter() - start
            if passed >= seconds:
                return {"ms": 1e3 * passed / calls, "calls": calls}

    def close(self) -> dict:
        del self.run
        gc.collect()
        return {}


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is not an answer
    server = Server()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(server, request.pop("do"))(**request)
        except ModuleNotFoundError as e:
            answer = {"absent": f"there is no module {e.name}"}
        except Exception as e:  # the row goes on without this peer, and says so
            import traceback
            traceback.print_exc()
            answer = {"error": f"{type(e).__name__}: {e}".splitlines()[0]}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
