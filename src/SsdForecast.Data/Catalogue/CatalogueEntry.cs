namespace SsdForecast.Data;

/// <summary>One data set of the catalogue: what it holds, how to read and cut it, where it comes from and on what terms.</summary>
public sealed record CatalogueEntry
{
    /// <summary>The short name, as <c>ssdf datasets get</c> takes it.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it holds, in one line.</summary>
    public string Title { get; init; } = "";

    /// <summary>Whether its file lies beside the catalogue.</summary>
    public bool Shipped { get; init; }

    /// <summary>How series are laid out.</summary>
    public CsvLayout Layout { get; init; } = CsvLayout.WideColumns;

    /// <summary>Whether the first line names the columns.</summary>
    public bool Header { get; init; } = true;

    /// <summary>The frequency as text, or <c>irregular</c>.</summary>
    public string Frequency { get; init; } = "";

    /// <summary>The column of times; null where there is none or it has no name.</summary>
    public string? TimeColumn { get; init; }

    /// <summary>The column of series names; null where columns are series.</summary>
    public string? IdColumn { get; init; }

    /// <summary>The columns to forecast; empty for every numeric column.</summary>
    public string[] Targets { get; init; } = [];

    /// <summary>Covariates known for the future.</summary>
    public string[] KnownCovariates { get; init; } = [];

    /// <summary>Number of series.</summary>
    public int Series { get; init; }

    /// <summary>Number of rows after gaps are filled; 0 where series differ.</summary>
    public int Rows { get; init; }

    /// <summary>Season length in rows that the naive forecast is measured with; 0 for none.</summary>
    public int Season { get; init; }

    /// <summary>The horizons that results are usually given for.</summary>
    public int[] Horizons { get; init; } = [];

    /// <summary>How it is cut: <c>ett</c>, <c>ltsf</c>, <c>last V T</c>, or <c>given</c> where a second file holds the test values.</summary>
    public string Split { get; init; } = "ltsf";

    /// <summary>The terms it may be used on.</summary>
    public string Licence { get; init; } = "";

    /// <summary>Where it was published.</summary>
    public string Source { get; init; } = "";

    /// <summary>Its files; the first is the one to train on.</summary>
    public CatalogueFile[] Files { get; init; } = [];

    /// <summary>How to read its files.</summary>
    public CsvSchema Schema() => new()
    {
        Layout = Layout,
        HasHeader = Header,
        TimeColumn = TimeColumn,
        IdColumn = IdColumn,
        TargetColumns = Targets.Length > 0 ? Targets : null,
        KnownCovariates = KnownCovariates,
        Spacing = IsIrregular ? Spacing.Irregular : Spacing.Auto,
        Frequency = IsIrregular || Layout == CsvLayout.WideRows ? null : Data.Frequency.Parse(Frequency),
    };

    /// <summary>Where its rows are cut; null for <c>given</c>.</summary>
    /// <param name="rows">Rows of a series.</param>
    /// <exception cref="DataException">The text of the split is none of those known.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Too few rows.</exception>
    public Split? SplitOf(int rows)
    {
        var words = Split.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            ["given"] => null,
            ["ett"] => Splits.Ett(Data.Frequency.Parse(Frequency)),
            ["ltsf"] => Splits.Ltsf(rows),
            ["last", var v, var t] when int.TryParse(v, out var validation) && int.TryParse(t, out var test) => Splits.LastRows(rows, validation, test),
            _ => throw new SchemaException($"'{OneLine.Short(Split)}' is not a split. Write ett, ltsf, given, or last and two numbers of rows."),
        };
    }

    private bool IsIrregular => Frequency == "irregular";
}
