using System.Text;

namespace SsdForecast.Cli.Serving;

/// <summary>Bytes of what a command may talk to: the console's own where it is the console, and UTF-8 of the text elsewhere.</summary>
internal static class TextStreams
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The bytes of a reader that nothing was read from yet.</summary>
    public static Stream Bytes(TextReader reader) => reader is StreamReader { BaseStream: var stream } ? stream : new MemoryStream(Utf8.GetBytes(reader.ReadToEnd()), writable: false);

    /// <summary>Takes bytes for a writer.</summary>
    public static Stream Bytes(TextWriter writer) => ReferenceEquals(writer, Console.Out) ? Console.OpenStandardOutput() : new WriterStream(writer);

    private sealed class WriterStream(TextWriter writer) : Stream
    {
        private readonly Decoder _decoder = Utf8.GetDecoder();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var chars = new char[Utf8.GetMaxCharCount(buffer.Length)];
            writer.Write(chars.AsSpan(0, _decoder.GetChars(buffer, chars, flush: false)));
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => writer.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
