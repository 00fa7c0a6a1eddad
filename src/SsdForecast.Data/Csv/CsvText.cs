using System.IO.Compression;
using System.Text;

namespace SsdForecast.Data;

/// <summary>The text of a CSV file in memory as UTF-8, checked to be text.</summary>
internal sealed class CsvText
{
    private CsvText(string name, byte[] utf8)
    {
        Name = name;
        Utf8 = utf8;
    }

    /// <summary>The file as the caller named it.</summary>
    public string Name { get; }

    public byte[] Utf8 { get; }

    public static CsvText FromText(string name, string text) => Checked(name, Encoding.UTF8.GetBytes(text.StartsWith('\uFEFF') ? text[1..] : text));

    public static CsvText FromFile(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UnreadableFileException("there is no such file. Check the path.", path, inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnreadableFileException($"cannot be read ({e.Message}). Check that it is a file and may be read.", path, inner: e);
        }

        return Checked(path, Transcode(path, Gunzip(path, bytes)));
    }

    private static byte[] Gunzip(string name, byte[] bytes)
    {
        if (bytes is not [0x1f, 0x8b, ..]) return bytes;
        try
        {
            using var source = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var text = new MemoryStream(bytes.Length * 4);
            source.CopyTo(text);
            // A stream cut off between deflate blocks may decompress without an error; its length, modulo 2^32, is the last thing in the file.
            var length = (uint)text.Length;
            if (bytes.Length < 18 || (!MultipleMembers(bytes, length) && BitConverter.ToUInt32(bytes, bytes.Length - 4) != length))
                throw new InvalidDataException("its end is missing");
            return text.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw new UnreadableFileException(
                $"the gzip data are truncated or damaged ({e.Message.TrimEnd('.')}). Fetch or compress the file again.",
                name,
                inner: e);
        }
    }

    // Concatenated gzip members are one valid file; then the last length is that of the last member, which is less.
    private static bool MultipleMembers(byte[] bytes, uint length) =>
        BitConverter.ToUInt32(bytes, bytes.Length - 4) < length && bytes.AsSpan(2).IndexOf((ReadOnlySpan<byte>)[0x1f, 0x8b, 0x08]) >= 0;

    private static byte[] Transcode(string name, byte[] bytes)
    {
        Encoding? encoding = bytes switch
        {
            [0xff, 0xfe, 0, 0, ..] or [0, 0, 0xfe, 0xff, ..] => throw new UnreadableFileException("is UTF-32, as its byte order mark says. Save it as UTF-8.", name),
            [0xff, 0xfe, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
            [0xfe, 0xff, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
            _ => null,
        };
        if (encoding is null) return bytes is [0xef, 0xbb, 0xbf, ..] ? bytes[3..] : bytes;
        try
        {
            return Encoding.UTF8.GetBytes(encoding.GetString(bytes, 2, bytes.Length - 2));
        }
        catch (DecoderFallbackException e)
        {
            throw new UnreadableFileException("begins like UTF-16 but is not. Save it as UTF-8.", name, inner: e);
        }
    }

    private static CsvText Checked(string name, byte[] utf8)
    {
        var bytes = utf8.AsSpan();
        if (bytes.StartsWith("PK\u0003\u0004"u8))
            throw new UnreadableFileException("is a zip archive or a spreadsheet, not CSV text. Unpack it, or save it as CSV.", name);
        if (bytes.StartsWith("PAR1"u8)) throw new UnreadableFileException("is a Parquet file, not CSV text. Save it as CSV.", name);
        var zero = bytes.IndexOf((byte)0);
        if (zero >= 0)
            throw new UnreadableFileException(
                "is binary, or UTF-16 without a byte order mark, not CSV text. Save it as UTF-8.",
                name,
                LineOf(bytes, zero));
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            var at = FirstInvalid(bytes);
            throw new UnreadableFileException(
                $"byte 0x{bytes[at]:X2} is not UTF-8. Convert the file, such as with: iconv -f latin1 -t utf-8.",
                name,
                LineOf(bytes, at));
        }

        if (bytes.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            throw new NotEnoughDataException("the file is empty. It needs a header line and at least two rows.", name);
        return new CsvText(name, utf8);
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out var length) == System.Buffers.OperationStatus.Done) at += length;
        return at;
    }

    private static long LineOf(ReadOnlySpan<byte> bytes, int at) => bytes[..at].Count((byte)'\n') + 1;
}
