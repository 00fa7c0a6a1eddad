using FsCheck;
using FsCheck.Fluent;

namespace SsdForecast.Reports.Tests;

/// <summary>Properties over random numbers: FsCheck draws the seed, and names it when a property fails.</summary>
internal static class Check
{
    /// <summary>Runs a property that throws where it does not hold.</summary>
    public static void Property(Action<Random> property, int runs = 300) =>
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(runs), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => property(new Random(seed))));
}
