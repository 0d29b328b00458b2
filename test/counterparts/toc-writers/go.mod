module layers/toc-writers

go 1.24.0

require (
	github.com/awslabs/soci-snapshotter v0.16.1
	github.com/containerd/stargz-snapshotter/estargz v0.19.1
	go.podman.io/storage v1.65.1
)
