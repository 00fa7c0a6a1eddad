using System.Security.Cryptography;
using SsdForecast.Tests;

namespace SsdForecast.Data.Tests;

public class CatalogueTests
{
    public static TheoryData<string> ShippedNames => [.. Catalogue.Shipped().Entries.Where(e => e.Shipped).Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(ShippedNames))]
    public void Shipped_series_are_what_the_catalogue_says(string name)
    {
        var catalogue = Catalogue.Shipped();
        var entry = catalogue[name];
        var path = catalogue.FileOf(name);
        Assert.Equal(entry.Files[0].Sha256, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
        CheckTable(entry, SeriesCsv.Read(path, entry.Schema()));
        CheckTable(entry, SeriesCsv.Read(path));
    }

    [Theory]
    [InlineData("etth1", "ETT-small/ETTh1.csv")]
    [InlineData("etth2", "ETT-small/ETTh2.csv")]
    [InlineData("ettm1", "ETT-small/ETTm1.csv")]
    [InlineData("exchange", "exchange_rate/exchange_rate.csv")]
    [InlineData("illness", "illness/national_illness.csv")]
    [InlineData("m4_hourly", "m4/Hourly-train.csv")]
    [InlineData("nab_nyc_taxi", "nab/nyc_taxi.csv")]
    [InlineData("nab_machine_temperature", "nab/machine_temperature_system_failure.csv")]
    [InlineData("nab_ec2_network", "nab/ec2_network_in_257a54.csv")]
    [InlineData("nab_elb_requests", "nab/elb_request_count_8c0756.csv")]
    [InlineData("nab_travel_time", "nab/TravelTime_387.csv")]
    [InlineData("nab_tweets_aapl", "nab/Twitter_volume_AAPL.csv")]
    public void Public_sets_are_what_the_catalogue_says(string name, string file)
    {
        if (!SharedData.TryGet("datasets/" + file, out var path)) return;
        var entry = Catalogue.Shipped()[name];
        Assert.Equal(entry.Files[0].Sha256, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
        CheckTable(entry, SeriesCsv.Read(path, entry.Schema()));
    }

    [Fact]
    public void Every_entry_is_complete()
    {
        var entries = Catalogue.Shipped().Entries;
        Assert.True(entries.Count >= 30);
        foreach (var entry in entries)
        {
            Assert.NotEqual("", entry.Title);
            Assert.NotEqual("", entry.Licence);
            Assert.NotEqual("", entry.Source);
            Assert.NotEmpty(entry.Horizons);
            Assert.True(entry.Frequency == "irregular" || Frequency.TryParse(entry.Frequency, out _), entry.Frequency);
            Assert.Equal(entry.Split != "given", entry.SplitOf(entry.Rows > 0 ? entry.Rows : 1000) is not null);
            Assert.All(entry.Files, f => Assert.True(entry.Shipped || Uri.TryCreate(f.Address, UriKind.Absolute, out _)));
            Assert.All(entry.Files, f => Assert.True(f.Sha256 is null || f.Sha256.Length == 64));
        }
    }

    [Fact]
    public void An_unknown_name_names_the_nearest() =>
        Assert.Contains("; the nearest is 'etth1'. List", Assert.Throws<DataException>(() => Catalogue.Shipped()["ETTh"]).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_name_far_from_all_names_none() =>
        Assert.Contains("in the catalogue. List", Assert.Throws<DataException>(() => Catalogue.Shipped()["weather-of-mars"]).Message, StringComparison.Ordinal);

    [Fact]
    public void A_set_that_is_not_shipped_says_how_to_fetch_it() =>
        Assert.Contains("ssdf datasets get etth1", Assert.Throws<DataException>(() => Catalogue.Shipped().FileOf("etth1")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("- name: a\n  colour: red\n", "colour")]
    [InlineData("- name: a\n", "no files")]
    [InlineData("- title: a\n", "no name")]
    [InlineData("- name: a\n  files: [{file: ../x.csv, address: 'http://h/x'}]\n", "bare name")]
    [InlineData("- name: a\n  files: [{file: x.csv}]\n", "no address")]
    [InlineData("- {name: a, shipped: true, files: [{file: x.csv}]}\n- {name: A, shipped: true, files: [{file: x.csv}]}\n", "twice")]
    [InlineData("- name: [\n", "catalogue")]
    public void A_catalogue_with_mistakes_is_refused(string yaml, string says)
    {
        using var file = new TemporaryFile(".yaml");
        File.WriteAllText(file.Path, yaml);
        var error = Assert.ThrowsAny<DataException>(() => Catalogue.Read(file.Path));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Text.OneLine(error);
    }

    private static void CheckTable(CatalogueEntry entry, SeriesTable table)
    {
        Assert.Equal(entry.Series, table.Series.Count);
        if (entry.Rows > 0) Assert.Equal(entry.Rows, table.Series[0].Count);
        Assert.Equal(entry.Frequency == "irregular" ? null : Frequency.Parse(entry.Frequency), table.Frequency);
    }
}
