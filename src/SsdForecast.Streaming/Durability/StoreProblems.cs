using Microsoft.Data.Sqlite;
using SsdForecast.Runtime;

namespace SsdForecast.Streaming;

/// <summary>The words for what can be wrong with a store, the same in all of them: one line each, with the way out.</summary>
internal static class StoreProblems
{
    public static StateFormatException OtherModel(string source, string hash, string own)
        => new(source, $"the state belongs to the model {hash[..12]}, and this is {own[..12]}; load that model or begin in another place");

    public static StateFormatException OtherLayout(string source, string layout, string own)
        => new OtherCompanionsException(source, layout, own);

    public static StateFormatException Torn(string source, Exception? cause = null)
        => new(source, "torn or altered (checksum)", cause);

    public static IOException Cannot(string path, string what, Exception cause, string wayOut)
        => new($"{path}: {what} ({Reason(cause)}); {wayOut}".ReplaceLineEndings(" "), cause);

    /// <summary>Whether an exception tells of a file that cannot be read or written, and not of a mistake in the program.</summary>
    public static bool IsOfDisk(Exception e)
        => e is IOException or UnauthorizedAccessException or SqliteException
        // What .NET makes of a file that has reached the size that the system allows (EFBIG).
        or ArgumentOutOfRangeException { ActualValue: null, ParamName: "value" or null };

    /// <summary>What the system said, without its own repetition of the path.</summary>
    public static string Reason(Exception cause) => cause switch
    {
        UnauthorizedAccessException => "permission denied",
        ArgumentOutOfRangeException => "the file has reached the size that the system allows",
        SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_FULL } => "the disk is full",
        SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_PERM } => "permission denied",
        IOException when cause.Message.Contains("No space left", StringComparison.Ordinal) || IsDiskFull(cause) => "the disk is full",
        IOException when cause.Message.Contains("Read-only file system", StringComparison.Ordinal) => "the file system is read-only",
        _ => cause.Message.TrimEnd('.'),
    };

    // ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL; elsewhere the text tells.
    private static bool IsDiskFull(Exception e) => e.HResult is unchecked((int)0x80070070) or unchecked((int)0x80070027);
}
