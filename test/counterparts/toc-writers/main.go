// Writes a tar as a layer with a table of contents, or the index of a gzip layer, with the libraries of the formats. Prints
// the annotations of the layer as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/awslabs/soci-snapshotter/ztoc"
	"github.com/containerd/stargz-snapshotter/estargz"
	"github.com/containerd/stargz-snapshotter/estargz/zstdchunked"
	"github.com/klauspost/compress/zstd"
	"go.podman.io/storage/pkg/chunked/compressor"
)

func main() {
	if len(os.Args) != 4 {
		fail(fmt.Errorf("usage: toc-writer FORMAT INPUT OUTPUT"))
	}
	annotations, err := write(os.Args[1], os.Args[2], os.Args[3])
	fail(err)
	fail(json.NewEncoder(os.Stdout).Encode(annotations))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(format, input, output string) (map[string]string, error) {
	annotations := map[string]string{}
	switch format {
	case "soci":
		return annotations, writeZtoc(input, output, 4<<20)
	case "soci-small-spans":
		return annotations, writeZtoc(input, output, 64<<10)
	}
	tar, err := os.Open(input)
	if err != nil {
		return nil, err
	}
	defer tar.Close()
	stat, err := tar.Stat()
	if err != nil {
		return nil, err
	}
	out, err := os.Create(output)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	section := io.NewSectionReader(tar, 0, stat.Size())
	switch format {
	case "estargz":
		return annotations, build(out, section, annotations)
	case "estargz-joined":
		return annotations, build(out, section, annotations, estargz.WithChunkSize(4096), estargz.WithMinChunkSize(50000))
	case "zstd-stargz":
		compression := &zstdCompression{
			&zstdchunked.Compressor{CompressionLevel: zstd.SpeedDefault, Metadata: annotations},
			&zstdchunked.Decompressor{},
		}
		return annotations, build(out, section, annotations, estargz.WithCompression(compression))
	case "zstd-containers":
		level := 3
		writer, err := compressor.ZstdCompressor(out, annotations, &level)
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(writer, section); err != nil {
			return nil, err
		}
		return annotations, writer.Close()
	}
	return nil, fmt.Errorf("unknown format %s", format)
}

type zstdCompression struct {
	*zstdchunked.Compressor
	*zstdchunked.Decompressor
}

func build(out io.Writer, tar *io.SectionReader, annotations map[string]string, options ...estargz.Option) error {
	blob, err := estargz.Build(tar, options...)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, blob); err != nil {
		return err
	}
	annotations[estargz.TOCJSONDigestAnnotation] = blob.TOCDigest().String()
	return blob.Close()
}

func writeZtoc(input, output string, span int64) error {
	index, err := ztoc.NewBuilder("layers").BuildZtoc(input, span)
	if err != nil {
		return err
	}
	content, _, err := ztoc.Marshal(index)
	if err != nil {
		return err
	}
	out, err := os.Create(output)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, content); err != nil {
		return err
	}
	return out.Close()
}
