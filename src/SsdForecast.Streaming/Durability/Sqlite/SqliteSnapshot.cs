using System.Globalization;
using Microsoft.Data.Sqlite;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>
/// The form of a snapshot as an SQLite database: <c>manifest(generation, position, model_hash, layout, attachment, series, checksum)</c> of one
/// row and <c>series(id, position, record, checksum)</c>. Checksums are CRC-32C: of a row over its other columns, of the manifest over its
/// other columns too, so a missing row is found by the count and an altered one by its sum.
/// </summary>
internal static class SqliteSnapshot
{
    public const int ApplicationId = 0x53534446;
    public const int Version = 1;

    public const string Schema = """
        CREATE TABLE manifest (generation INTEGER NOT NULL, position INTEGER NOT NULL, model_hash TEXT NOT NULL, layout TEXT NOT NULL,
            attachment BLOB NOT NULL, series INTEGER NOT NULL, checksum INTEGER NOT NULL);
        CREATE TABLE series (id TEXT PRIMARY KEY NOT NULL, position INTEGER NOT NULL, record BLOB NOT NULL, checksum INTEGER NOT NULL);
        """;

    public static uint Check(string id, long position, ReadOnlySpan<byte> record)
    {
        var writer = new ByteWriter();
        writer.PutText(id);
        writer.Put(position);
        return Crc32C.Of(record, Crc32C.Of(writer.Written));
    }

    public static uint Check(SnapshotManifest m, long series)
    {
        var writer = new ByteWriter();
        writer.Put(m.Generation);
        writer.Put(m.Position);
        writer.PutText(m.ModelHash);
        writer.PutText(m.Layout);
        writer.Put(m.Attachment.Length);
        writer.Put(m.Attachment.Span);
        writer.Put(series);
        return Crc32C.Of(writer.Written);
    }

    public static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        // Without a pool: a file that is renamed must not stay open.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static object? Ask(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public static void Do(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Reads every row of a snapshot and checks it.</summary>
    /// <param name="require">Looks at the manifest, once that is known to be whole.</param>
    /// <exception cref="StateFormatException">Torn, altered, no snapshot, or of another format.</exception>
    public static (SnapshotManifest Manifest, long Series) Verify(string path, Action<SnapshotManifest> require)
    {
        try
        {
            using var connection = Connect(path, SqliteOpenMode.ReadOnly);
            if (Number(connection, "PRAGMA application_id") is var id && id != ApplicationId) throw new StateFormatException(path, "not a state of ssdf");
            if (Number(connection, "PRAGMA user_version") is var version && version != Version)
                throw new StateFormatException(path, string.Create(CultureInfo.InvariantCulture, $"format version {version}, where this program reads {Version}"));
            var (manifest, series) = ReadManifest(connection, path);
            require(manifest);
            var count = CheckRows(connection, path);
            return count == series ? (manifest, series) : throw StoreProblems.Torn(path);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_NOTADB)
        {
            throw new StateFormatException(path, "not a state of ssdf, or torn or altered", e);
        }
        catch (Exception e) when (e is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_ERROR or SQLitePCL.raw.SQLITE_IOERR } or InvalidCastException or InvalidOperationException or FormatException)
        {
            throw StoreProblems.Torn(path, e);
        }
    }

    private static (SnapshotManifest Manifest, long Series) ReadManifest(SqliteConnection connection, string path)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT generation, position, model_hash, layout, attachment, series, checksum FROM manifest";
        using var reader = command.ExecuteReader();
        if (!reader.Read()) throw StoreProblems.Torn(path);
        var manifest = new SnapshotManifest(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<byte[]>(4));
        var series = reader.GetInt64(5);
        if (Check(manifest, series) != reader.GetInt64(6) || reader.Read()) throw StoreProblems.Torn(path);
        return (manifest, series);
    }

    private static long CheckRows(SqliteConnection connection, string path)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, position, record, checksum FROM series";
        using var reader = command.ExecuteReader();
        long count = 0;
        for (; reader.Read(); count++)
        {
            if (Check(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)) != reader.GetInt64(3)) throw StoreProblems.Torn(path);
        }

        // Rows are found by the index later, so it must tell the same.
        return connection.Ask("PRAGMA integrity_check(1)") is "ok" ? count : throw StoreProblems.Torn(path);
    }

    private static long Number(SqliteConnection connection, string sql) => Convert.ToInt64(connection.Ask(sql), CultureInfo.InvariantCulture);
}
