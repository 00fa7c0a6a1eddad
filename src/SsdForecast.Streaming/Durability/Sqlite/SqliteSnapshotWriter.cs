using Microsoft.Data.Sqlite;

namespace SsdForecast.Streaming;

/// <summary>
/// Brings a copy of the last snapshot up to the next one, in one transaction. The file is nobody's until it is renamed, so there is no journal:
/// if the process dies the file is thrown away.
/// </summary>
internal sealed class SqliteSnapshotWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _putIfNewer;
    private readonly SqliteCommand _remove;

    public SqliteSnapshotWriter(string path, bool isNew)
    {
        _connection = SqliteSnapshot.Connect(path, SqliteOpenMode.ReadWriteCreate);
        _connection.Do("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;");
        if (isNew) _connection.Do(FormattableString.Invariant($"PRAGMA application_id = {SqliteSnapshot.ApplicationId}; PRAGMA user_version = {SqliteSnapshot.Version};") + SqliteSnapshot.Schema);
        _transaction = _connection.BeginTransaction();
        const string upsert = "INSERT INTO series VALUES ($id, $position, $record, $checksum) ON CONFLICT (id) DO UPDATE SET position = excluded.position, record = excluded.record, checksum = excluded.checksum";
        _put = Prepare(upsert);
        _putIfNewer = Prepare(upsert + " WHERE excluded.position > series.position");
        _remove = _connection.CreateCommand();
        _remove.CommandText = "DELETE FROM series WHERE id = $id AND position < $position";
        _remove.Parameters.Add("$id", SqliteType.Text);
        _remove.Parameters.Add("$position", SqliteType.Integer);
    }

    public void Put(string seriesId, byte[] record, long position) => Put(_put, seriesId, record, position);

    /// <summary>Puts a record where there is none of a later position.</summary>
    /// <param name="record">Null for a series that was removed.</param>
    public void PutIfNewer(string seriesId, byte[]? record, long position)
    {
        if (record is not null)
        {
            Put(_putIfNewer, seriesId, record, position);
            return;
        }

        _remove.Parameters[0].Value = seriesId;
        _remove.Parameters[1].Value = position;
        _remove.ExecuteNonQuery();
    }

    /// <summary>Makes the snapshot the one that counts.</summary>
    /// <returns>Series in the snapshot.</returns>
    public long Commit(SnapshotManifest manifest)
    {
        var count = (long)_connection.Ask("SELECT count(*) FROM series")!;
        _connection.Do("DELETE FROM manifest");
        using (var command = _connection.CreateCommand())
        {
            command.CommandText = "INSERT INTO manifest VALUES ($generation, $position, $model, $layout, $attachment, $series, $checksum)";
            command.Parameters.AddWithValue("$generation", manifest.Generation);
            command.Parameters.AddWithValue("$position", manifest.Position);
            command.Parameters.AddWithValue("$model", manifest.ModelHash);
            command.Parameters.AddWithValue("$layout", manifest.Layout);
            command.Parameters.AddWithValue("$attachment", manifest.Attachment.ToArray());
            command.Parameters.AddWithValue("$series", count);
            command.Parameters.AddWithValue("$checksum", (long)SqliteSnapshot.Check(manifest, count));
            command.ExecuteNonQuery();
        }

        _transaction.Commit();
        return count;
    }

    public void Dispose()
    {
        _put.Dispose();
        _putIfNewer.Dispose();
        _remove.Dispose();
        _transaction.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Prepare(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.Add("$id", SqliteType.Text);
        command.Parameters.Add("$position", SqliteType.Integer);
        command.Parameters.Add("$record", SqliteType.Blob);
        command.Parameters.Add("$checksum", SqliteType.Integer);
        command.Prepare();
        return command;
    }

    private static void Put(SqliteCommand command, string seriesId, byte[] record, long position)
    {
        command.Parameters[0].Value = seriesId;
        command.Parameters[1].Value = position;
        command.Parameters[2].Value = record;
        command.Parameters[3].Value = (long)SqliteSnapshot.Check(seriesId, position, record);
        command.ExecuteNonQuery();
    }
}
