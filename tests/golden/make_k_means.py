"""Golden numbers of k-means, whitening and the agreement of labellings.

packages: faiss-cpu 1.15.1 (k-means, spherical k-means), scikit-learn 1.9.1 (k-means, PCA, NMI); seed 8
command: python tests/golden/make_k_means.py
"""
import faiss
import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import normalized_mutual_info_score

import golden_file

VERSIONS = f"faiss-cpu {faiss.__version__}, scikit-learn {sklearn.__version__}; seed 8"
random = np.random.default_rng(8)
coarse = lambda x: np.round(64 * x) / 64  # the same in float, and short in text
faiss.omp_set_num_threads(1)

rows, width, clusters, iterations = 150, 7, 6, 5
x = coarse(random.normal(size=(rows, width)) + 1.5 * random.normal(size=(9, width))[random.integers(9, size=rows)])
arrays = {"x": x}
for name, spherical in [("plain", False), ("spherical", True)]:
    data = (x / np.linalg.norm(x, axis=1, keepdims=True) if spherical else x).astype(np.float32)
    km = faiss.Kmeans(width, clusters, niter=iterations, nredo=1, min_points_per_centroid=1,
                      max_points_per_centroid=10**7, spherical=spherical)
    km.train(data, init_centroids=data[:clusters].copy())
    arrays |= {f"faiss_{name}_objective": np.array(km.obj, np.float64),
               f"faiss_{name}_centroids": km.centroids.astype(np.float64),
               f"faiss_{name}_labels": km.index.search(data, 1)[1].ravel()}
# Equal first centroids leave clusters empty: scikit-learn's take the farthest rows.
for name, first in [("distinct", x[:clusters]), ("equal", np.repeat(x[:2], clusters // 2, axis=0))]:
    for steps in (1, iterations):
        km = KMeans(clusters, init=first.copy(), n_init=1, max_iter=steps, tol=0, algorithm="lloyd").fit(x)
        arrays |= {f"sklearn_{name}_{steps}_objective": np.array([km.inertia_]),
                   f"sklearn_{name}_{steps}_centroids": km.cluster_centers_,
                   f"sklearn_{name}_{steps}_labels": km.labels_}
golden_file.write("assigner/k_means.txt", [
    f"{iterations} iterations from the first {clusters} rows: faiss.Kmeans of x, and spherical of x at unit length (objective: of each "
    f"iteration, spherical: sum of dot products); sklearn.cluster.KMeans from distinct rows, and from two rows thrice, after 1 and "
    f"{iterations} iterations; {VERSIONS}"], arrays)

arrays = {}
for name, shape in [("tall", (40, 6)), ("wide", (7, 12))]:
    f = coarse(random.normal(size=shape) @ random.normal(size=(shape[1], shape[1])) + 3)
    pca = PCA(4, whiten=True, svd_solver="full").fit(f)
    g = pca.transform(f)
    arrays |= {f"{name}_features": f, f"{name}_variances": pca.explained_variance_ * (shape[0] - 1) / shape[0],
               f"{name}_unit": g / np.linalg.norm(g, axis=1, keepdims=True)}
golden_file.write("assigner/whitening.txt", [
    f"sklearn.decomposition.PCA(4, whiten=True), variances with divisor N, rows at unit length; signs are scikit-learn's; {VERSIONS}"], arrays)

arrays = {}
for i, (p, q) in enumerate([(3, 5), (7, 2), (10, 10)]):
    a, b = random.integers(p, size=60), random.integers(q, size=60)
    b = np.where(random.random(60) < 0.4, a % q, b)
    arrays |= {f"a_{i}": a, f"b_{i}": b,
               f"nmi_{i}": np.array([normalized_mutual_info_score(a, b, average_method="geometric")])}
golden_file.write("assigner/agreement.txt", [f"sklearn.metrics.normalized_mutual_info_score, geometric mean; {VERSIONS}"], arrays)
