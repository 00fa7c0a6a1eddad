using System.Text;
using SsdForecast.Cli.Hosting;

namespace SsdForecast.Cli.Serving;

/// <summary>
/// An input as UTF-8: as it comes, or transcoded from UTF-16 where a byte order mark says so. What is plainly something else is refused by name. Looks at the
/// first bytes only when it is read, for they may be long in coming.
/// </summary>
/// <param name="inner">The input; its owner disposes of it.</param>
/// <param name="source">The input, for messages.</param>
internal sealed class Utf8Stream(Stream inner, string source) : ForwardStream
{
    private readonly byte[] _head = new byte[4];
    private Stream? _text;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => _text is not null ? _text.ReadAsync(buffer, cancellationToken) : ReadFirst(buffer, cancellationToken);

    private async ValueTask<int> ReadFirst(Memory<byte> buffer, CancellationToken cancellation)
    {
        var length = 0;
        // Two bytes tell, but for the marks of UTF-32: the first two of one are the mark of UTF-16, and of the other zero.
        while (length < (length >= 2 && _head is [0xff, 0xfe, ..] or [0, 0, ..] ? 4 : 2))
        {
            var read = await inner.ReadAsync(_head.AsMemory(length), cancellation).ConfigureAwait(false);
            if (read == 0) break;
            length += read;
        }

        _text = Decode(_head.AsMemory(0, length));
        return await _text.ReadAsync(buffer, cancellation).ConfigureAwait(false);
    }

    private Stream Decode(Memory<byte> head)
    {
        CommandException Other(string what, string wayOut) => CommandException.Work(source, $"the input is {what}; {wayOut}");
        return head.Span switch
        {
            [0xff, 0xfe, 0, 0] or [0, 0, 0xfe, 0xff] => throw Other("UTF-32, as its byte order mark says", "convert it, such as with: iconv -f utf-32 -t utf-8"),
            [0xff, 0xfe, ..] => Transcoded(Encoding.Unicode),
            [0xfe, 0xff, ..] => Transcoded(Encoding.BigEndianUnicode),
            [0x1f, 0x8b, ..] => throw Other("gzip", "unpack it, or pass it as --input FILE.gz"),
            [0, ..] or [_, 0, ..] => throw Other("binary, or UTF-16 without a byte order mark", "convert it, such as with: iconv -f utf-16le -t utf-8"),
            _ => new Rest(head, inner),
        };
        Stream Transcoded(Encoding from) => Encoding.CreateTranscodingStream(new Rest(head[2..], inner), from, Encoding.UTF8, leaveOpen: true);
    }

    /// <summary>Bytes that were read already, and those after them.</summary>
    private sealed class Rest(Memory<byte> head, Stream inner) : ForwardStream
    {
        private Memory<byte> _head = head;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_head.IsEmpty) return inner.ReadAsync(buffer, cancellationToken);
            var length = Math.Min(_head.Length, buffer.Length);
            _head[..length].CopyTo(buffer);
            _head = _head[length..];
            return new ValueTask<int>(length);
        }
    }
}
