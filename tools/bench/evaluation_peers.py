"""What embeddings are judged by, in other libraries: neighbours, a linear probe, and embeddings themselves.
kernel_peers.py imports this."""
import os
from typing import Callable

import numpy as np

import raw
import training_net


def threads() -> int:
    return int(os.environ["OMP_NUM_THREADS"])


# --- nearest neighbours: unit rows, search, votes of exp(cosine / temperature) ---

def faiss_knn(inputs: raw.Inputs):
    import faiss
    faiss.omp_set_num_threads(threads())
    labels, k, classes = inputs["labels"], int(inputs["k"]), int(inputs["classes"])

    def run():
        train, test = inputs["train"].copy(), inputs["test"].copy()
        faiss.normalize_L2(train)
        faiss.normalize_L2(test)
        index = faiss.IndexFlatIP(train.shape[1])
        index.add(train)
        cosines, rows = index.search(test, k)
        votes, found = np.exp(cosines / inputs["temperature"]), labels[rows]
        return np.stack([(votes * (found == c)).sum(1) for c in range(classes)], 1).argmax(1)
    return run, lambda predictions: (0, {"predictions": predictions})


def lightly_knn(inputs: raw.Inputs):
    import torch
    import torch.nn.functional as F
    from lightly.utils.benchmarking.knn import knn_predict
    torch.set_num_threads(threads())
    train, test = torch.from_numpy(inputs["train"]), torch.from_numpy(inputs["test"])
    labels = torch.from_numpy(inputs["labels"]).long()

    def run():
        with torch.no_grad():
            bank = F.normalize(train).t().contiguous()
            return torch.cat([knn_predict(F.normalize(some), bank, labels, int(inputs["classes"]), int(inputs["k"]),
                                          inputs["temperature"])[:, 0] for some in test.split(256)])
    return run, lambda predictions: (0, {"predictions": predictions.numpy()})


# --- linear probe: standardised columns, mean loss + l2 / (2 N) |W|^2, the map of the rows as they are ---

def of_raw_rows(weights: np.ndarray, bias: np.ndarray, mean: np.ndarray, deviation: np.ndarray):
    weights = weights / deviation
    return 0, {"weights": weights, "bias": bias - weights @ mean}


def sklearn_probe(inputs: raw.Inputs):
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    def run():
        with threadpool_limits(threads()):
            scaler = StandardScaler()
            rows = scaler.fit_transform(inputs["train"])
            return scaler, LogisticRegression(C=1 / inputs["l2"], tol=inputs["tolerance"]).fit(rows, inputs["labels"])
    return run, lambda fitted: of_raw_rows(fitted[1].coef_, fitted[1].intercept_, fitted[0].mean_, fitted[0].scale_)


def torch_probe(inputs: raw.Inputs):
    import torch
    import torch.nn.functional as F
    torch.set_num_threads(threads())
    train, labels = torch.from_numpy(inputs["train"]), torch.from_numpy(inputs["labels"]).long()

    def run():
        deviation, mean = torch.std_mean(train, 0, correction=0)
        rows = (train - mean) / deviation
        weights = torch.zeros(int(inputs["classes"]), train.shape[1], requires_grad=True)
        bias = torch.zeros(int(inputs["classes"]), requires_grad=True)
        optimizer = torch.optim.LBFGS([weights, bias], max_iter=100, tolerance_grad=inputs["tolerance"], tolerance_change=0,
                                      history_size=10, line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            loss = F.cross_entropy(F.linear(rows, weights, bias), labels)
            loss = loss + inputs["l2"] / (2 * len(rows)) * weights.square().sum()
            loss.backward()
            return loss
        optimizer.step(closure)
        return [x.detach().numpy() for x in (weights, bias, mean, deviation)]
    return run, lambda fitted: of_raw_rows(*fitted)


# --- embeddings ---

def embedding(name: str, channels_last: bool, compiled: bool) -> Callable:
    def build(inputs: raw.Inputs):
        import torch
        torch.set_num_threads(threads())
        net, side = training_net.build(name)[0].eval(), int(inputs["side"])
        training_net.fill(net.parameters(), inputs["weights"])
        training_net.fill(training_net.statistics(net), inputs["statistics"])
        layout = torch.channels_last if channels_last else torch.contiguous_format
        net = net.to(memory_format=layout)
        pixels = torch.from_numpy(inputs["images"])
        images = pixels.view(len(pixels), side, side, -1).permute(0, 3, 1, 2).contiguous(memory_format=layout)
        if compiled:
            torch._dynamo.reset()
            net = torch.compile(net, dynamic=False)

        def run():
            with torch.no_grad():
                return net(images)
        return run, lambda rows: (0, {"rows": rows.contiguous().numpy()})
    return build


PEERS = {("faiss", "knn"): faiss_knn, ("lightly", "knn"): lightly_knn,
         ("scikit-learn", "probe"): sklearn_probe, ("torch LBFGS", "probe"): torch_probe}
for net in training_net.NETS:
    for last in ("", " channels-last"):
        PEERS[f"torch{last or ' eager'}", f"embed_{net}"] = embedding(net, bool(last), False)
        PEERS[f"torch compile{last}", f"embed_{net}"] = embedding(net, bool(last), True)
