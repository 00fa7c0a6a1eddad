using Microsoft.Data.Sqlite;

namespace SsdForecast.Streaming;

/// <summary>
/// Series that have left memory since the snapshot, and those removed, as rows without a record. A file of this process alone: what is in it
/// follows from snapshot and log, so nothing is forced to the disk, and another process begins without. Not safe for threads.
/// </summary>
internal sealed class SqliteEvicted : IDisposable
{
    private readonly string _path;
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _write;
    private readonly SqliteCommand _read;

    public SqliteEvicted(string path)
    {
        _path = path;
        Delete();
        _connection = SqliteSnapshot.Connect(path, SqliteOpenMode.ReadWriteCreate);
        _connection.Do("""
            PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
            CREATE TABLE series (id TEXT PRIMARY KEY NOT NULL, position INTEGER NOT NULL, record BLOB);
            """);
        _write = _connection.CreateCommand();
        _write.CommandText = "INSERT INTO series VALUES ($id, $position, $record) ON CONFLICT (id) DO UPDATE SET position = excluded.position, record = excluded.record";
        _write.Parameters.Add("$id", SqliteType.Text);
        _write.Parameters.Add("$position", SqliteType.Integer);
        _write.Parameters.Add("$record", SqliteType.Blob);
        _write.Prepare();
        _read = _connection.CreateCommand();
        _read.CommandText = "SELECT record FROM series WHERE id = $id";
        _read.Parameters.Add("$id", SqliteType.Text);
        _read.Prepare();
    }

    /// <summary>Keeps a record, or that there is none any more.</summary>
    /// <param name="record">Null for a series that was removed.</param>
    public void Write(string seriesId, byte[]? record, long position)
    {
        _write.Parameters[0].Value = seriesId;
        _write.Parameters[1].Value = position;
        _write.Parameters[2].Value = record is null ? DBNull.Value : record;
        _write.ExecuteNonQuery();
    }

    public bool TryRead(string seriesId, out byte[]? record)
    {
        _read.Parameters[0].Value = seriesId;
        using var reader = _read.ExecuteReader();
        var found = reader.Read();
        record = found && !reader.IsDBNull(0) ? reader.GetFieldValue<byte[]>(0) : null;
        return found;
    }

    public List<(string Id, bool Removed)> Ids()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT id, record IS NULL FROM series";
        using var reader = command.ExecuteReader();
        var ids = new List<(string, bool)>();
        while (reader.Read()) ids.Add((reader.GetString(0), reader.GetBoolean(1)));
        return ids;
    }

    public IEnumerable<(string Id, long Position, byte[]? Record)> All()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT id, position, record FROM series";
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return (reader.GetString(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2));
    }

    /// <summary>Forgets what a snapshot has by now.</summary>
    /// <param name="position">Position in the log of the snapshot.</param>
    public void Clear(long position) => _connection.Do(FormattableString.Invariant($"DELETE FROM series WHERE position <= {position}"));

    public void Dispose()
    {
        _write.Dispose();
        _read.Dispose();
        _connection.Dispose();
        Delete();
    }

    private void Delete()
    {
        foreach (var path in (string[])[_path, _path + "-journal"]) File.Delete(path);
    }
}
