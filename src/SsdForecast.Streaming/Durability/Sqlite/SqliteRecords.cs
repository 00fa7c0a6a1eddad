using Microsoft.Data.Sqlite;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>Reads series out of a snapshot. Not safe for threads.</summary>
internal sealed class SqliteRecords : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _read;

    public SqliteRecords(string path)
    {
        Path = path;
        _connection = SqliteSnapshot.Connect(path, SqliteOpenMode.ReadOnly);
        _read = _connection.CreateCommand();
        _read.CommandText = "SELECT position, record, checksum FROM series WHERE id = $id";
        _read.Parameters.Add("$id", SqliteType.Text);
        _read.Prepare();
    }

    public string Path { get; }

    /// <summary>The record of a series, if there is one.</summary>
    /// <exception cref="StateFormatException">The record was altered since the snapshot was opened.</exception>
    public bool TryRead(string seriesId, out byte[] record)
    {
        _read.Parameters[0].Value = seriesId;
        using var reader = _read.ExecuteReader();
        if (!reader.Read())
        {
            record = [];
            return false;
        }

        record = reader.GetFieldValue<byte[]>(1);
        if (SqliteSnapshot.Check(seriesId, reader.GetInt64(0), record) != reader.GetInt64(2))
            throw new StateFormatException(Path, $"series '{seriesId}' was altered (checksum) since the state was opened; end the process and open it again");
        return true;
    }

    public long Count() => (long)_connection.Ask("SELECT series FROM manifest")!;

    public List<string> Ids()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT id FROM series";
        using var reader = command.ExecuteReader();
        var ids = new List<string>();
        while (reader.Read()) ids.Add(reader.GetString(0));
        return ids;
    }

    public void Dispose()
    {
        _read.Dispose();
        _connection.Dispose();
    }
}
