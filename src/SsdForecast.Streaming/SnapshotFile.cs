using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SsdForecast.Data;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// A snapshot, little-endian: the text <c>SSDFSNAP</c>, format version (int32), model hash (32 bytes), floats a state (int32); for each series
/// the length of its id in bytes (int32), the id in UTF-8 and the floats; −1 (int32), number of series (int64), SHA-256 of all before it.
/// </summary>
internal static class SnapshotFile
{
    private const int Version = 1;
    private const int HashLength = 32;
    private const int HeaderLength = 8 + 4 + HashLength + 4;

    private static ReadOnlySpan<byte> Magic => "SSDFSNAP"u8;

    public static void Write(string path, StreamingEngine engine) => AtomicFile.Write(path, stream =>
    {
        using var sha = SHA256.Create();
        using (var hashed = new CryptoStream(stream, sha, CryptoStreamMode.Write, leaveOpen: true))
        using (var writer = new BinaryWriter(new BufferedStream(hashed, 1 << 16), Encoding.UTF8))
        {
            writer.Write(Magic);
            writer.Write(Version);
            writer.Write(Convert.FromHexString(engine.Model.Hash));
            var state = new float[engine.Model.StateLength];
            writer.Write(state.Length);
            long count = 0;
            foreach (var id in engine.SeriesIds())
            {
                // One removed since the ids were taken is left out.
                if (!engine.TryCopyState(id, state)) continue;
                var name = Encoding.UTF8.GetBytes(id);
                writer.Write(name.Length);
                writer.Write(name);
                writer.Write(MemoryMarshal.AsBytes<float>(state));
                count++;
            }

            writer.Write(-1);
            writer.Write(count);
        }

        stream.Write(sha.Hash!);
    });

    public static void Read(string path, StreamingEngine engine)
    {
        if (!File.Exists(path)) throw new StateFormatException(path, "no such file");
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic)) throw new StateFormatException(path, "not a snapshot");
        if (stream.Length < HeaderLength + 4 + 8 + HashLength) throw Torn(path);
        var version = reader.ReadInt32();
        if (version != Version) throw new StateFormatException(path, $"format version {version}, where this program reads {Version}");
        // The checksum before anything is believed: an altered hash is damage and not another model.
        CheckSum(stream, path);
        stream.Position = Magic.Length + 4;
        var hash = Convert.ToHexStringLower(reader.ReadBytes(HashLength));
        var own = engine.Model.Hash;
        if (hash != own) throw new StateFormatException(path, $"the snapshot belongs to the model {hash[..12]}, and this is {own[..12]}; load that model or begin without a snapshot");
        try
        {
            ReadStates(reader, path, engine);
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException)
        {
            throw new StateFormatException(path, "the snapshot does not have the form of one; it was not written by this program", e);
        }
    }

    private static void ReadStates(BinaryReader reader, string path, StreamingEngine engine)
    {
        var state = new float[engine.Model.StateLength];
        if (reader.ReadInt32() != state.Length) throw Torn(path);
        long count = 0;
        for (int length; (length = reader.ReadInt32()) != -1; count++)
        {
            if (length <= 0 || length > reader.BaseStream.Length) throw Torn(path);
            var id = Encoding.UTF8.GetString(reader.ReadBytes(length));
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(state.AsSpan()));
            if (!engine.Model.IsPlausible(state)) throw new StateFormatException(path, $"the state of series '{id}' does not fit the model");
            engine.AddState(id, state);
        }

        if (reader.ReadInt64() != count || reader.BaseStream.Position != reader.BaseStream.Length - HashLength) throw Torn(path);
    }

    private static void CheckSum(FileStream stream, string path)
    {
        stream.Position = 0;
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        for (var rest = stream.Length - HashLength; rest > 0;)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(rest, buffer.Length));
            if (read == 0) throw Torn(path);
            sha.AppendData(buffer, 0, read);
            rest -= read;
        }

        var expected = new byte[HashLength];
        stream.ReadExactly(expected);
        if (!sha.GetHashAndReset().AsSpan().SequenceEqual(expected)) throw Torn(path);
    }

    private static StateFormatException Torn(string path) => new(path, "the snapshot is torn or altered (checksum); use an earlier one or begin without");
}
